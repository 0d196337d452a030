{{/*
The hosts and what they lead to, as JSON: the public URL's host to the pages and guests' API of
booking, each API host to its service.
*/}}
{{- define "entente.routes" -}}
{{- $names := include "entente.enabled" . | fromJsonArray -}}
{{- $routes := list -}}
{{- if has "booking" $names -}}
{{- $routes = append $routes (dict "name" "public" "host" (urlParse .Values.publicUrl).hostname "service" "booking" "paths" (list "/m" "/b" "/static" "/v1/public")) -}}
{{- end -}}
{{- range $name := list "connector" "availability" "booking" -}}
{{- $host := index $.Values.apiHosts $name -}}
{{- if and $host (has $name $names) -}}
{{- $routes = append $routes (dict "name" $name "host" $host "service" $name "paths" (list "/v1" "/docs" "/openapi.json")) -}}
{{- end -}}
{{- end -}}
{{- $routes | toJson -}}
{{- end }}
