{{/* What all objects' names begin with; 33 of 63 characters are left by `-availability-migrate-<hash>`. */}}
{{- define "entente.fullname" -}}
{{- $name := .Values.fullnameOverride | default .Release.Name -}}
{{- $name | trunc 33 | trimSuffix "-" -}}
{{- end }}

{{/* The labels by which a component's pods are found; they never change. Takes (list root component). */}}
{{- define "entente.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: entente
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* All labels of a component's objects; pods have no more than the selector, as versions would replace them. Takes (list root component). */}}
{{- define "entente.labels" -}}
{{- $root := index . 0 -}}
{{ include "entente.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The image of a service. Takes (list root name config). */}}
{{- define "entente.image" -}}
{{- $image := (index . 0).Values.image -}}
{{- $digest := (index . 2).image.digest -}}
{{- with $image.registry }}{{ . }}/{{ end -}}
{{ $image.repository }}-{{ index . 1 }}
{{- if $digest }}@{{ $digest }}{{ else }}:{{ $image.tag | default (index . 0).Chart.AppVersion }}{{ end -}}
{{- end }}
