{{- define "raos.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of every object: at most 52 characters, since what Kubernetes adds to a Deployment's pods has to fit. */}}
{{- define "raos.fullname" -}}
{{- $name := include "raos.name" . }}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride }}
{{- else if contains $name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels that select the pod; they never change, since a selector is immutable. */}}
{{- define "raos.selector" -}}
app.kubernetes.io/name: {{ include "raos.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Name, namespace, labels and annotations of an object; `name`, `namespace`, `labels` and `annotations` may be given. */}}
{{- define "raos.metadata" -}}
{{- $root := .root -}}
{{- $fixed := dict
  "app.kubernetes.io/managed-by" $root.Release.Service
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name ($root.Chart.Version | replace "+" "_")) -}}
name: {{ .name | default (include "raos.fullname" $root) | quote }}
{{- if ne (.namespace | default "") "none" }}
namespace: {{ .namespace | default $root.Release.Namespace | quote }}
{{- end }}
labels:
  {{- mergeOverwrite (dict) ($root.Values.commonLabels | default dict) (.labels | default dict) (include "raos.selector" $root | fromYaml) $fixed | toYaml | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "raos.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "raos.fullname" .) }}
{{- else }}{{ .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- define "raos.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* Seconds of a duration such as 30s, 10m or 1h. */}}
{{- define "raos.seconds" -}}
{{- $unit := dict "s" 1 "m" 60 "h" 3600 }}
{{- mul (regexFind "^[0-9]+" . | int64) (get $unit (regexFind "[smh]$" .)) }}
{{- end }}

{{/* Whether the bot reads the API server of the cluster that it runs in with its own account: "true" or "". */}}
{{- define "raos.readsOwnCluster" -}}
{{- if and (ne .Values.rbac.scope "none") (not .Values.kubeconfig.existingSecret) }}true{{ end }}
{{- end }}

{{/* The variables of the container, as JSON: those that come from a value, then extraEnv. Fails where one is set twice or holds a secret. */}}
{{- define "raos.env" -}}
{{- $env := list
  (dict "name" "RAOS_CACHE" "value" "/var/cache/raos")
  (dict "name" "HOME" "value" "/tmp") }}
{{- if not (include "raos.readsOwnCluster" .) }}
{{- /* Kubernetes tells every pod of its API server, which this one may not read. */}}
{{- $env = append $env (dict "name" "KUBERNETES_SERVICE_HOST" "value" "") }}
{{- end }}
{{- $ca := .Values.ca | default dict }}
{{- range $pair := list
  (list "GITHUB_SERVER_URL" .Values.github.serverUrl)
  (list "GITHUB_API_URL" .Values.github.apiUrl)
  (list "RAOS_FORMER_ACCOUNTS" (join "," .Values.github.formerAccounts))
  (list "PROMETHEUS_URL" .Values.sources.prometheus)
  (list "LOKI_URL" .Values.sources.loki)
  (list "ALERTMANAGER_URL" .Values.sources.alertmanager)
  (list "OPENAI_BASE_URL" .Values.sources.openai)
  (list "GRAFANA_URL" .Values.sources.grafana)
  (list "HTTPS_PROXY" .Values.proxy.https)
  (list "HTTP_PROXY" .Values.proxy.http)
  (list "NO_PROXY" (join "," .Values.proxy.noProxy))
  (list "API_URL" .Values.api.url)
  (list "API_PEOPLE" .Values.api.people)
  (list "AGENT_ISSUERS" (include "raos.issuers" .))
  (list "CARD_KEY_FILE" (ternary "/etc/raos/card/card.pem" "" (ne .Values.api.cardKeySecret.name "")))
  (list "PUSH_HOSTS" (join "," .Values.api.pushHosts))
  (list "KUBECONFIG" (ternary "/etc/raos/kubeconfig/kubeconfig" "" (ne .Values.kubeconfig.existingSecret "")))
  (list "NODE_EXTRA_CA_CERTS" (ternary "/etc/raos/ca/ca.crt" "" (ne (len $ca) 0))) }}
{{- if index $pair 1 }}
{{- $env = append $env (dict "name" (index $pair 0) "value" (index $pair 1)) }}
{{- end }}
{{- end }}
{{- with .Values.api.tokensSecret }}
{{- if .name }}
{{- $env = append $env (dict "name" "API_TOKENS" "valueFrom" (dict "secretKeyRef" (dict "name" .name "key" .key))) }}
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if and .value (regexMatch "(TOKENS?|PASSWORD|SECRET|KEY)(__[A-Z0-9_]+)?$" .name) }}
{{- fail (printf "extraEnv: the value of %s is a secret; put it into a Secret that existingSecrets names, or use valueFrom.secretKeyRef" .name) }}
{{- end }}
{{- $name := .name }}
{{- range $env }}
{{- if eq .name $name }}{{ fail (printf "extraEnv: %s is set already, by another value of this chart or a further entry; remove one" $name) }}{{ end }}
{{- end }}
{{- $env = append $env . }}
{{- end }}
{{- $env | toJson }}
{{- end }}

{{/* AGENT_ISSUERS: whose tokens of clusters are accepted, as JSON; nothing where there are none. */}}
{{- define "raos.issuers" -}}
{{- $issuers := list }}
{{- range $index, $issuer := .Values.api.issuers }}
{{- $one := omit $issuer "jwksConfigMap" }}
{{- if $issuer.jwksConfigMap }}
{{- $one = set $one "jwksFile" (printf "/etc/raos/jwks/%d.json" $index) }}
{{- end }}
{{- $issuers = append $issuers $one }}
{{- end }}
{{- if $issuers }}{{ $issuers | toJson }}{{ end }}
{{- end }}

{{/* ConfigMaps with key sets of issuers, as the sources of a projected volume, in JSON. */}}
{{- define "raos.keySets" -}}
{{- $sources := list }}
{{- range $index, $issuer := .Values.api.issuers }}
{{- with $issuer.jwksConfigMap }}
{{- $item := dict "key" .key "path" (printf "%d.json" $index) }}
{{- $sources = append $sources (dict "configMap" (dict "name" .name "items" (list $item))) }}
{{- end }}
{{- end }}
{{- $sources | toJson }}
{{- end }}

{{/* What the Ingress and the HTTPRoute open, as JSON: webhooks, and with an address of its own the APIs for programs. */}}
{{- define "raos.openPaths" -}}
{{- $open := list }}
{{- range .Values.webhookPaths }}{{ $open = append $open (dict "path" . "type" "Exact") }}{{ end }}
{{- if .Values.api.url }}
{{- range .Values.api.paths }}
{{- $open = append $open (dict "path" . "type" (ternary "Prefix" "Exact" (eq . "/a2a"))) }}
{{- $open = append $open (dict "path" (printf "/.well-known/oauth-protected-resource%s" .) "type" "Exact") }}
{{- end }}
{{- if has "/a2a" .Values.api.paths }}
{{- range list "/.well-known/agent-card.json" "/.well-known/jwks.json" }}{{ $open = append $open (dict "path" . "type" "Exact") }}{{ end }}
{{- end }}
{{- end }}
{{- $open | toJson }}
{{- end }}

{{/* The ports of what is public, as JSON: that of https, and those of key sets. */}}
{{- define "raos.publicPorts" -}}
{{- $ports := list 443 }}
{{- range .Values.api.issuers }}
{{- with .jwksUrl }}
{{- with regexFind ":[0-9]+$" (urlParse .).host }}{{ $ports = append $ports (trimPrefix ":" . | int) }}{{ end }}
{{- end }}
{{- end }}
{{- $rules := list }}
{{- range uniq $ports }}{{ $rules = append $rules (dict "port" . "protocol" "TCP") }}{{ end }}
{{- $rules | toJson }}
{{- end }}

{{/* A peer of the network policy, as JSON, out of {namespace, podLabels}, {cidr} or {public}. */}}
{{- define "raos.peers" -}}
{{- if .peer.public }}
{{- /* Outside: every address except private, shared, loopback and link-local ones, and those of the clouds' metadata services. */}}
{{- list
  (dict "ipBlock" (dict "cidr" "0.0.0.0/0" "except" (list "10.0.0.0/8" "100.64.0.0/10" "127.0.0.0/8" "168.63.129.16/32" "169.254.0.0/16" "172.16.0.0/12" "192.0.0.192/32" "192.168.0.0/16")))
  (dict "ipBlock" (dict "cidr" "::/0" "except" (list "::1/128" "64:ff9b::a9fe:0/112" "fc00::/7" "fe80::/10"))) | toJson }}
{{- else if .peer.cidr }}
{{- list (dict "ipBlock" (dict "cidr" .peer.cidr)) | toJson }}
{{- else }}
{{- $peer := dict "namespaceSelector" (dict "matchLabels" (dict "kubernetes.io/metadata.name" (.peer.namespace | default .root.Release.Namespace))) }}
{{- with .peer.podLabels }}{{ $_ := set $peer "podSelector" (dict "matchLabels" .) }}{{ end }}
{{- list $peer | toJson }}
{{- end }}
{{- end }}
