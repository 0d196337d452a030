{{/* Keys that other charts use, or that were renamed here, and what they are called. The schema lets them pass to here. */}}
{{- define "entente.renamed" -}}
replicaCount: defaults.replicas
resources: defaults.resources
nameOverride: fullnameOverride
imagePullSecrets: image.pullSecrets
{{- end }}
