{{/* What every pod of the chart has in its spec. */}}
{{- define "entente.podSpec" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every container of the chart has. Takes (list root name config). */}}
{{- define "entente.container" -}}
image: {{ include "entente.image" . | quote }}
imagePullPolicy: {{ (index . 0).Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
  readOnlyRootFilesystem: true
{{- end }}

{{/* The certificates and the space for temporary files, as JSON. Takes (list values kafkaOfTheService withPostgres). */}}
{{- define "entente.files" -}}
{{- $values := index . 0 -}}
{{- $client := (index . 1).clientCertSecret -}}
{{- $found := list -}}
{{- if and (index . 2) $values.postgres.caSecret.name -}}
{{- $found = append $found (dict "name" "postgres-ca" "secret" $values.postgres.caSecret.name "key" $values.postgres.caSecret.key) -}}
{{- end -}}
{{- if and (index . 2) $values.postgres.clientCertSecret -}}
{{- $found = append $found (dict "name" "postgres-client" "secret" $values.postgres.clientCertSecret) -}}
{{- end -}}
{{- if $values.kafka.caSecret.name -}}
{{- $found = append $found (dict "name" "kafka-ca" "secret" $values.kafka.caSecret.name "key" $values.kafka.caSecret.key) -}}
{{- end -}}
{{- if $client -}}
{{- $found = append $found (dict "name" "kafka-client" "secret" $client) -}}
{{- end -}}
{{- $found | toJson -}}
{{- end }}

{{- define "entente.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- range include "entente.files" . | fromJsonArray }}
- {name: {{ .name }}, mountPath: /etc/entente/{{ .name }}, readOnly: true}
{{- end }}
{{- end }}

{{- define "entente.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- range include "entente.files" . | fromJsonArray }}
- name: {{ .name }}
  secret:
    secretName: {{ .secret }}
    {{- with .key }}
    items: [{key: {{ . | quote }}, path: ca.crt}]
    {{- end }}
{{- end }}
{{- end }}
