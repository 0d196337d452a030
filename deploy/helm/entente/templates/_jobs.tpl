{{/*
A Job's pod cannot be changed, labels included, so a Job that is no hook is named by what it runs:
changed, it is another Job; unchanged, nothing runs again. Takes (list root what mode pod).
*/}}
{{- define "entente.jobName" -}}
{{- include "entente.fullname" (index . 0) }}-{{ index . 1 }}
{{- if eq (index . 2) "job" }}-{{ sha256sum (index . 3) | trunc 8 }}{{ end }}
{{- end }}

{{/* The annotations of a hook; the last objects stay, the Jobs for their logs. Takes (list mode weight). */}}
{{- define "entente.jobHook" -}}
{{- if eq (index . 0) "hook" -}}
annotations:
  helm.sh/hook: pre-install,pre-upgrade
  helm.sh/hook-weight: {{ index . 1 | quote }}
  helm.sh/hook-delete-policy: before-hook-creation
{{- end -}}
{{- end }}
