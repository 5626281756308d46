{{/* The MCP servers, in the format that MCP clients read. */}}
{{- define "agent.mcp" -}}
{{- $servers := dict }}
{{- range $server := .Values.mcpServers }}
{{- $entry := dict "type" (get (dict "streamableHTTP" "http" "sse" "sse" "stdio" "stdio") ($server.transport | default "streamableHTTP")) }}
{{- range $field := list "url" "timeout" "command" "args" }}
{{- if hasKey $server $field }}{{ $_ := set $entry $field (get $server $field) }}{{ end }}
{{- end }}
{{- with $server.headers }}
{{- $headers := dict }}
{{- range . }}
{{- $value := .value | default (printf "${%s}" (include "agent.headerVariable" (list $server.name .name))) }}
{{- with .serviceAccountToken }}{{ $value = printf "Bearer ${file:/var/run/secrets/raos.dev/tokens/%s}" .audience }}{{ end }}
{{- $_ := set $headers .name $value }}
{{- end }}
{{- $_ := set $entry "headers" $headers }}
{{- end }}
{{- if hasKey $server "allow" }}{{ $_ := set $entry "allowedTools" $server.allow }}{{ end }}
{{- if hasKey $server "requireApproval" }}{{ $_ := set $entry "requireApproval" $server.requireApproval }}{{ end }}
{{- $_ := set $servers $server.name $entry }}
{{- end }}
{{- dict "mcpServers" $servers | toPrettyJson }}
{{- end }}

{{/* The variable that holds a header from a Secret, which MCP clients fill in for ${…}; of a server's name and the header's. */}}
{{- define "agent.headerVariable" -}}
MCP_{{ join "__" . | upper | replace "-" "_" }}
{{- end }}

{{/* Whom the agent's ServiceAccount tokens are for, which it sends to MCP servers: {"audiences": []}. */}}
{{- define "agent.tokens" -}}
{{- $audiences := list }}
{{- range .Values.mcpServers }}
{{- range .headers }}{{ with .serviceAccountToken }}{{ $audiences = append $audiences .audience }}{{ end }}{{ end }}
{{- end }}
{{- dict "audiences" ($audiences | uniq | sortAlpha) | toJson }}
{{- end }}

{{/* agent.json, by which the stock agent runs: AgentConfig of src/domain/agent/agent-config.ts. Files are named from its own folder. */}}
{{- define "agent.config" -}}
{{- $config := dict
  "version" 1
  "name" .Release.Name
  "namespace" .Release.Namespace
  "tenant" .Values.tenant
  "environment" .Values.environment
  "workload" .Values.runtime.workload
  "port" (.Values.runtime.port | int)
  "healthPath" .Values.runtime.healthPath
  "metricsPath" (.Values.observability.metricsPath | default "/metrics")
  "instructions" "instructions.md"
  "model" (omit .Values.model "apiKeySecretRef")
  "limits" .Values.limits
  "mcpServers" (get (include "agent.mcp" . | fromJson) "mcpServers")
  "peers" (get (include "agent.peers" . | fromJson) "peers") }}
{{- if .Values.a2a.enabled }}{{ $_ := set $config "card" "public/.well-known/agent-card.json" }}{{ end }}
{{- $approvers := list }}
{{- range .Values.access.callers }}{{ if .approves }}{{ $approvers = append $approvers (printf "%s.%s" .appId .namespace) }}{{ end }}{{ end }}
{{- if $approvers }}{{ $_ := set $config "approvers" $approvers }}{{ end }}
{{- if .Values.dapr.enabled }}
{{- $routes := list }}
{{- range .Values.dapr.subscriptions }}{{ $routes = append $routes .route }}{{ end }}
{{- $dapr := dict "routes" ($routes | uniq) }}
{{- if .Values.dapr.state }}{{ $_ := set $dapr "stateStore" (include "agent.stateStore" .) }}{{ end }}
{{- if .Values.dapr.pubsub }}{{ $_ := set $dapr "pubsub" (include "agent.pubsub" .) }}{{ end }}
{{- $_ := set $config "dapr" $dapr }}
{{- end }}
{{- $config | toPrettyJson }}
{{- end }}

{{/* The peers, each with the address under which this agent's own sidecar reaches it. */}}
{{- define "agent.peers" -}}
{{- $peers := list }}
{{- range $peer := .Values.peers }}
{{- $id := include "agent.peerId" (dict "peer" $peer "root" $) }}
{{- $url := printf "http://%s.%s.svc.cluster.local/" $peer.name $peer.namespace }}
{{- if $.Values.dapr.enabled }}{{ $url = printf "http://127.0.0.1:3500/v1.0/invoke/%s/method/" $id }}{{ end }}
{{- $peers = append $peers (dict "name" $peer.name "namespace" $peer.namespace "appId" $id "url" $url) }}
{{- end }}
{{- dict "peers" $peers | toPrettyJson }}
{{- end }}

{{/*
The A2A 1.0 agent card. Callers in the mesh reach the agent through their own sidecar, whatever pod they are in. Callers that
networking.ingress allows use the Service, so that comes first where there are any.
*/}}
{{- define "agent.card" -}}
{{- $binding := ternary "GRPC" "JSONRPC" (eq .Values.runtime.protocol "grpc") }}
{{- $service := dict "url" (printf "http://%s.%s.svc.cluster.local/" .Release.Name .Release.Namespace) "protocolBinding" $binding "protocolVersion" "1.0" }}
{{- $interfaces := list $service }}
{{- if .Values.dapr.enabled }}
{{- $mesh := dict "url" (printf "http://127.0.0.1:3500/v1.0/invoke/%s.%s/method/" .Release.Name .Release.Namespace) "protocolBinding" $binding "protocolVersion" "1.0" }}
{{- $interfaces = ternary (list $service $mesh) (list $mesh $service) (not (empty .Values.networking.ingress)) }}
{{- end }}
{{- /* The stock agent serves both bindings that are spoken over HTTP. */}}
{{- if .Values.runtime.stock }}
{{- range $interfaces }}{{ $interfaces = append $interfaces (merge (dict "protocolBinding" "HTTP+JSON") .) }}{{ end }}
{{- end }}
{{- $skills := list }}
{{- range $skill := .Values.a2a.skills | default list }}
{{- $skills = append $skills (pick $skill "id" "name" "description" "tags" "examples") }}
{{- end }}
{{- $card := dict
  "name" .Release.Name
  "description" .Values.description
  "version" .Values.version
  "supportedInterfaces" $interfaces
  "capabilities" (dict "streaming" (.Values.a2a.streaming | default false) "pushNotifications" false)
  "defaultInputModes" (list "text/plain")
  "defaultOutputModes" (list "text/plain")
  "skills" $skills }}
{{- with .Values.a2a.provider }}{{ $_ := set $card "provider" (pick . "organization" "url") }}{{ end }}
{{- with .Values.a2a.documentationUrl }}{{ $_ := set $card "documentationUrl" . }}{{ end }}
{{- $card | toPrettyJson }}
{{- end }}
