{{/* A service's values over the defaults, as YAML. Takes (list root name). */}}
{{- define "entente.config" -}}
{{- $values := (index . 0).Values -}}
{{- $config := mergeOverwrite (deepCopy $values.defaults) (index $values (index . 1) | default dict | deepCopy) -}}
{{- if ne (include "entente.isHttp" (index . 1)) "true" -}}
{{- $_ := set $config.autoscaling "enabled" false -}}
{{- end -}}
{{- $config | toYaml -}}
{{- end }}

{{/* The names of the services that run, as JSON. */}}
{{- define "entente.enabled" -}}
{{- $names := list -}}
{{- range $name := list "connector" "availability" "booking" "notifier" -}}
{{- if (include "entente.config" (list $ $name) | fromYaml).enabled -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- $names | toJson -}}
{{- end }}

{{/* "true" for a service whose HTTP API others use; the notifier only answers probes. */}}
{{- define "entente.isHttp" -}}
{{- ne . "notifier" -}}
{{- end }}

{{/*
Seconds from SIGTERM to SIGKILL: endpoints forget an HTTP pod, requests drain, handlers drain, the
notifier ends the mails in hand; then there is time to flush telemetry. Takes (list name config).
*/}}
{{- define "entente.graceSeconds" -}}
{{- $settings := (index . 1).settings -}}
{{- $drain := get $settings "HTTP__DRAIN_SECONDS" | default 15 | float64 | ceil -}}
{{- $before := 0 -}}
{{- $mails := 0 -}}
{{- if eq (include "entente.isHttp" (index . 0)) "true" -}}
{{- $before = include "entente.preStopSeconds" . | int -}}
{{- else -}}
{{- $mails = get $settings "SMTP__TIMEOUT_SECONDS" | default 30 | float64 | ceil -}}
{{- end -}}
{{- add $before (mul 2 (int $drain)) (int $mails) 10 -}}
{{- end }}

{{/* How long an HTTP pod still serves while endpoints and proxies forget it. */}}
{{- define "entente.preStopSeconds" -}}5{{- end }}
