{{/*
Every credential of a service, as JSON: the environment variables it fills, where it may come from,
and the path of its values. Takes (list root name config).
*/}}
{{- define "entente.credentials" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $config := index . 2 -}}
{{- $prefix := upper $name -}}
{{- $database := $config.database -}}
{{- $found := list
  (dict "variables" (list "PGUSER") "existing" $database.existingSecret "key" $database.usernameKey "value" $database.username "id" "database-username" "path" (printf "%s.database" $name) "required" true)
  (dict "variables" (list "PGPASSWORD") "existing" $database.existingSecret "key" $database.passwordKey "value" $database.password "id" "database-password" "path" (printf "%s.database" $name) "required" true)
-}}
{{- $found = concat $found (include "entente.kafkaCredentials" (list $root (list $prefix "ENTENTE") $config.kafka (printf "%s.kafka" $name)) | fromJsonArray) -}}
{{- if has $name (list "booking" "notifier") -}}
{{- $found = append $found (include "entente.oneCredential" (list (printf "%s__GUEST_LINK_KEY" $prefix) $root.Values.guestLinkKey "guestLinkKey" true) | fromJson) -}}
{{- end -}}
{{- if eq $name "connector" -}}
{{- $found = append $found (include "entente.oneCredential" (list "CONNECTOR__SECRETS__ENCRYPTION_KEYS" $config.encryptionKeys "connector.encryptionKeys" true) | fromJson) -}}
{{- $found = append $found (include "entente.oneCredential" (list "CONNECTOR__SECRETS__PSEUDONYM_KEY" $config.pseudonymKey "connector.pseudonymKey" true) | fromJson) -}}
{{- $found = append $found (include "entente.oneCredential" (list "CONNECTOR__EGRESS__PROXY" $config.egressProxy "connector.egressProxy" false) | fromJson) -}}
{{- else if eq $name "booking" -}}
{{- $found = append $found (include "entente.oneCredential" (list "BOOKING__AVAILABILITY__CLIENT_SECRET" $config.oidcClient "booking.oidcClient" true) | fromJson) -}}
{{- else if eq $name "notifier" -}}
{{- $smtp := $config.smtp -}}
{{- $found = concat $found (list
  (dict "variables" (list "NOTIFIER__SMTP__USERNAME") "existing" $smtp.existingSecret "key" $smtp.usernameKey "value" $smtp.username "id" "smtp-username" "path" "notifier.smtp" "required" false)
  (dict "variables" (list "NOTIFIER__SMTP__PASSWORD") "existing" $smtp.existingSecret "key" $smtp.passwordKey "value" $smtp.password "id" "smtp-password" "path" "notifier.smtp" "required" false)
) -}}
{{- end -}}
{{- $found | toJson -}}
{{- end }}

{{/* A credential of the shape {existingSecret, key, value}. Takes (list variable values path required). */}}
{{- define "entente.oneCredential" -}}
{{- $values := index . 1 -}}
{{- dict "variables" (list (index . 0)) "existing" $values.existingSecret "key" $values.key "value" $values.value "id" (index . 2 | kebabcase | replace "." "-") "path" (index . 2) "required" (index . 3) | toJson -}}
{{- end }}

{{/* Kafka's SASL credentials, under each prefix. Takes (list root prefixes kafka path). */}}
{{- define "entente.kafkaCredentials" -}}
{{- $found := list -}}
{{- $kafka := index . 2 -}}
{{- if hasPrefix "SASL" (index . 0).Values.kafka.securityProtocol -}}
{{- $usernames := list -}}
{{- $passwords := list -}}
{{- range index . 1 -}}
{{- $usernames = append $usernames (printf "%s__KAFKA__SASL_USERNAME" .) -}}
{{- $passwords = append $passwords (printf "%s__KAFKA__SASL_PASSWORD" .) -}}
{{- end -}}
{{- $found = list
  (dict "variables" $usernames "existing" $kafka.existingSecret "key" $kafka.usernameKey "value" $kafka.username "id" "kafka-username" "path" (index . 3) "required" true)
  (dict "variables" $passwords "existing" $kafka.existingSecret "key" $kafka.passwordKey "value" $kafka.password "id" "kafka-password" "path" (index . 3) "required" true)
-}}
{{- end -}}
{{- $found | toJson -}}
{{- end }}

{{/* The credentials of the topics' Job, as JSON. */}}
{{- define "entente.topicsCredentials" -}}
{{- $kafka := include "entente.topicsKafka" . | fromYaml -}}
{{- include "entente.kafkaCredentials" (list . (list "ENTENTE") $kafka "topics.kafka") -}}
{{- end }}

{{- define "entente.topicsKafka" -}}
{{- mergeOverwrite (deepCopy .Values.defaults.kafka) (deepCopy .Values.topics.kafka) | toYaml -}}
{{- end }}

{{/* Environment entries that read credentials. Takes (list credentials nameOfInlineSecret). */}}
{{- define "entente.credentialEnv" -}}
{{- $inline := index . 1 -}}
{{- range $credential := index . 0 }}
{{- if or .existing .value }}
{{- range .variables }}
- name: {{ . }}
  valueFrom:
    secretKeyRef:
      name: {{ $credential.existing | default $inline }}
      key: {{ ternary $credential.key $credential.id (ne $credential.existing "") }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/*
The Secret of credentials given in values. Hooks run before the release's own objects are there, so
they get a copy that is a hook itself. Takes (dict root component credentials hook); nothing without any.
*/}}
{{- define "entente.inlineSecret" -}}
{{- $data := dict -}}
{{- range .credentials -}}
{{- if and .value (not .existing) -}}
{{- $_ := set $data .id (b64enc .value) -}}
{{- end -}}
{{- end -}}
{{- if $data }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "entente.inlineName" (list .root .component .hook) }}
  labels:
    {{- include "entente.labels" (list .root .component) | nindent 4 }}
  {{- if .hook }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-10"
    helm.sh/hook-delete-policy: before-hook-creation
  {{- end }}
type: Opaque
data:
  {{- toYaml $data | nindent 2 }}
{{- end }}
{{- end }}

{{/* Takes (list root component isHook). */}}
{{- define "entente.inlineName" -}}
{{- include "entente.fullname" (index . 0) }}-{{ index . 1 }}-inline{{ if index . 2 }}-hook{{ end }}
{{- end }}
