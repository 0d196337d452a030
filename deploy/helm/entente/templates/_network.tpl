{{- define "entente.dnsRule" -}}
- ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end }}

{{/* A rule that lets pods reach a dependency. Takes (list peers ports); nothing without ports. */}}
{{- define "entente.egressRule" -}}
{{- if index . 1 -}}
- ports:
    {{- range uniq (index . 1) }}
    - {protocol: TCP, port: {{ . | int }}}
    {{- end }}
  {{- with index . 0 }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{/*
The same for the connector, which fetches addresses that people give: a rule without peers must not
open private networks on the ports of the web, and the public ones are open already.
*/}}
{{- define "entente.walledEgressRule" -}}
{{- $ports := list -}}
{{- $peers := index . 0 -}}
{{- range index . 1 -}}
{{- if or $peers (not (has (int .) (list 80 443 8443))) -}}
{{- $ports = append $ports . -}}
{{- end -}}
{{- end -}}
{{- include "entente.egressRule" (list $peers $ports) -}}
{{- end }}

{{/* The ports of a list of URLs, as JSON. */}}
{{- define "entente.urlPorts" -}}
{{- $ports := list -}}
{{- range compact . -}}
{{- $url := urlParse . -}}
{{- $ports = append $ports (regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "443" "80" (eq $url.scheme "https")) | int) -}}
{{- end -}}
{{- $ports | toJson -}}
{{- end }}

{{/* The ports of Kafka's bootstrap servers, as JSON; brokers listen on the same. */}}
{{- define "entente.kafkaPorts" -}}
{{- $ports := list -}}
{{- range splitList "," . -}}
{{- $ports = append $ports (regexFind "[0-9]+$" . | int) -}}
{{- end -}}
{{- uniq $ports | toJson -}}
{{- end }}

{{/* The public internet on the ports of calendar servers, and nothing that is not public. */}}
{{- define "entente.publicInternet" -}}
- ports:
    - {protocol: TCP, port: 80}
    - {protocol: TCP, port: 443}
    - {protocol: TCP, port: 8443}
  to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except:
          - 0.0.0.0/8
          - 10.0.0.0/8
          - 100.64.0.0/10
          - 127.0.0.0/8
          - 169.254.0.0/16
          - 172.16.0.0/12
          - 192.0.0.0/24
          - 192.168.0.0/16
          - 198.18.0.0/15
          - 224.0.0.0/3
    - ipBlock:
        cidr: 2000::/3
{{- end }}
