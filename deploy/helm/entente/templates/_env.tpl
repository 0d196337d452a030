{{/* All environment entries of a service's container. Takes (list root name config isHook). */}}
{{- define "entente.env" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $config := index . 2 -}}
{{- $prefix := upper $name -}}
{{- $values := $root.Values -}}
- name: {{ $prefix }}__HTTP__HOST
  value: "0.0.0.0"
- name: {{ $prefix }}__HTTP__PORT
  value: "8080"
- name: {{ $prefix }}__POSTGRES__DSN
  value: {{ include "entente.dsn" (list $values $config.database $name) | quote }}
{{- include "entente.kafkaEnv" (list $values $prefix $config.kafka) }}
{{- include "entente.kafkaEnv" (list $values "ENTENTE" $config.kafka) }}
{{- $credentials := include "entente.credentials" (list $root $name $config) | fromJsonArray }}
{{- include "entente.credentialEnv" (list $credentials (include "entente.inlineName" (list $root $name (index . 3)))) }}
{{- if eq (include "entente.isHttp" $name) "true" }}
- name: {{ $prefix }}__OIDC__ISSUER
  value: {{ $values.oidc.issuer | quote }}
- name: {{ $prefix }}__OIDC__AUDIENCE
  value: {{ $values.oidc.audience | quote }}
{{- with $values.oidc.jwksUrl }}
- name: {{ $prefix }}__OIDC__JWKS_URL
  value: {{ . | quote }}
{{- end }}
{{- with $values.trustedProxies }}
- name: FORWARDED_ALLOW_IPS
  value: {{ join "," . | quote }}
{{- end }}
{{- end }}
{{- if eq $name "booking" }}
- name: BOOKING__AVAILABILITY__URL
  value: {{ $config.availabilityUrl | default (printf "http://%s-availability:8080" (include "entente.fullname" $root)) | quote }}
- name: BOOKING__AVAILABILITY__CLIENT_ID
  value: {{ $config.oidcClient.id | quote }}
{{- else if eq $name "notifier" }}
- name: NOTIFIER__PUBLIC_BASE_URL
  value: {{ $values.publicUrl | quote }}
- name: NOTIFIER__MAIL__SENDER_ADDRESS
  value: {{ $config.mail.senderAddress | quote }}
- name: NOTIFIER__MAIL__SENDER_NAME
  value: {{ $config.mail.senderName | quote }}
- name: NOTIFIER__SMTP__HOST
  value: {{ $config.smtp.host | quote }}
- name: NOTIFIER__SMTP__PORT
  value: {{ $config.smtp.port | toJson | quote }}
- name: NOTIFIER__SMTP__TLS
  value: {{ $config.smtp.tls | quote }}
{{- end }}
{{- with $values.telemetry.otlpEndpoint }}
- name: {{ $prefix }}__TELEMETRY__OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
- name: {{ $prefix }}__TELEMETRY__SAMPLE_RATIO
  value: {{ $values.telemetry.sampleRatio | toJson | quote }}
- name: {{ $prefix }}__TELEMETRY__LOG_LEVEL
  value: {{ $values.telemetry.logLevel | quote }}
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: {{ printf "service.version=%s,k8s.namespace.name=%s,k8s.pod.name=$(POD_NAME)" ($values.image.tag | default $root.Chart.AppVersion) $root.Release.Namespace | quote }}
{{- range $key, $value := $config.settings }}
- name: {{ $prefix }}__{{ $key }}
  value: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- with $config.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* How to reach Kafka, credentials apart. Takes (list values prefix kafkaOfTheService). */}}
{{- define "entente.kafkaEnv" -}}
{{- $kafka := (index . 0).kafka -}}
{{- $prefix := index . 1 }}
- name: {{ $prefix }}__KAFKA__BOOTSTRAP_SERVERS
  value: {{ $kafka.bootstrapServers | quote }}
- name: {{ $prefix }}__KAFKA__SECURITY_PROTOCOL
  value: {{ $kafka.securityProtocol | quote }}
{{- if hasPrefix "SASL" $kafka.securityProtocol }}
- name: {{ $prefix }}__KAFKA__SASL_MECHANISM
  value: {{ $kafka.saslMechanism | quote }}
{{- end }}
{{- if $kafka.caSecret.name }}
- name: {{ $prefix }}__KAFKA__CA_PATH
  value: /etc/entente/kafka-ca/ca.crt
{{- end }}
{{- if (index . 2).clientCertSecret }}
- name: {{ $prefix }}__KAFKA__CLIENT_CERT_PATH
  value: /etc/entente/kafka-client/tls.crt
- name: {{ $prefix }}__KAFKA__CLIENT_KEY_PATH
  value: /etc/entente/kafka-client/tls.key
{{- end }}
{{- end }}

{{/* The libpq URL; PGUSER and PGPASSWORD hold the rest. Takes (list values database name). */}}
{{- define "entente.dsn" -}}
{{- $postgres := (index . 0).postgres -}}
{{- $database := (index . 1).name | default (index . 2) -}}
postgresql://{{ $postgres.host }}:{{ $postgres.port }}/{{ $database }}?sslmode={{ $postgres.sslmode }}
{{- if $postgres.caSecret.name }}&sslrootcert=/etc/entente/postgres-ca/ca.crt{{ end }}
{{- if $postgres.clientCertSecret }}&sslcert=/etc/entente/postgres-client/tls.crt&sslkey=/etc/entente/postgres-client/tls.key{{ end }}
{{- end }}
