{{/* Annotations of the pod: Dapr's, and the digest of what the pod reads at its start. Declared inputs only. */}}
{{- define "agent.podAnnotations" -}}
{{- $inputs := dict "instructions" .Values.instructions "mcp" .Values.mcpServers "peers" .Values.peers "a2a" .Values.a2a "dapr" .Values.dapr "access" .Values.access "tracing" (dig "tracing" dict .Values.observability) }}
{{- if .Values.a2a.enabled }}{{ $_ := set $inputs "card" (list .Values.description .Values.version) }}{{ end }}
raos.dev/config-checksum: {{ $inputs | toJson | sha256sum | quote }}
{{- if .Values.dapr.enabled }}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .Release.Name | quote }}
dapr.io/app-port: {{ .Values.runtime.port | int | quote }}
dapr.io/app-protocol: {{ .Values.runtime.protocol | quote }}
dapr.io/config: {{ .Release.Name | quote }}
dapr.io/log-as-json: "true"
dapr.io/log-level: {{ .Values.dapr.sidecar.logLevel | default "info" | quote }}
dapr.io/enable-metrics: "true"
dapr.io/metrics-port: "9090"
dapr.io/enable-app-health-check: "true"
{{- if eq .Values.runtime.protocol "http" }}
dapr.io/app-health-check-path: {{ .Values.runtime.healthPath | quote }}
{{- end }}
dapr.io/app-health-probe-interval: "5"
dapr.io/app-health-probe-timeout: "1000"
dapr.io/app-health-threshold: "3"
dapr.io/block-shutdown-duration: "10s"
dapr.io/graceful-shutdown-seconds: "25"
dapr.io/disable-builtin-k8s-secret-store: "true"
dapr.io/sidecar-seccomp-profile-type: RuntimeDefault
{{- with .Values.dapr.sidecar.maxConcurrency }}
dapr.io/app-max-concurrency: {{ . | int | quote }}
{{- end }}
{{- with .Values.dapr.sidecar.cpuRequest }}
dapr.io/sidecar-cpu-request: {{ . | quote }}
{{- end }}
{{- with .Values.dapr.sidecar.cpuLimit }}
dapr.io/sidecar-cpu-limit: {{ . | quote }}
{{- end }}
{{- with .Values.dapr.sidecar.memoryRequest }}
dapr.io/sidecar-memory-request: {{ . | quote }}
{{- end }}
{{- with .Values.dapr.sidecar.memoryLimit }}
dapr.io/sidecar-memory-limit: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Names under which the client libraries of a provider look for its key and its address. */}}
{{- define "agent.providerNames" -}}
{{- $names := dict
  "openai" (dict "key" "OPENAI_API_KEY" "url" "OPENAI_BASE_URL" "model" "OPENAI_DEFAULT_MODEL")
  "custom" (dict "key" "OPENAI_API_KEY" "url" "OPENAI_BASE_URL" "model" "OPENAI_DEFAULT_MODEL")
  "azure-openai" (dict "key" "AZURE_OPENAI_API_KEY" "url" "AZURE_OPENAI_ENDPOINT" "model" "AZURE_OPENAI_DEPLOYMENT")
  "anthropic" (dict "key" "ANTHROPIC_API_KEY" "url" "ANTHROPIC_BASE_URL" "model" "ANTHROPIC_MODEL")
  "gemini" (dict "key" "GEMINI_API_KEY" "url" "GEMINI_BASE_URL" "model" "GEMINI_MODEL")
  "mistral" (dict "key" "MISTRAL_API_KEY" "url" "MISTRAL_BASE_URL" "model" "MISTRAL_MODEL")
  "ollama" (dict "key" "OLLAMA_API_KEY" "url" "OLLAMA_HOST" "model" "OLLAMA_MODEL") }}
{{- get $names .Values.model.provider | toJson }}
{{- end }}

{{/* The container's environment; the agent's own variables come last and win. */}}
{{- define "agent.env" -}}
{{- $names := include "agent.providerNames" . | fromJson }}
{{- $own := dict }}
{{- range .Values.runtime.env }}{{ $_ := set $own .name true }}{{ end }}
{{- $variables := list
  (dict "name" "AGENT_NAME" "value" .Release.Name)
  (dict "name" "AGENT_TENANT" "value" .Values.tenant)
  (dict "name" "AGENT_ENVIRONMENT" "value" .Values.environment)
  (dict "name" "AGENT_INSTRUCTIONS_FILE" "value" "/etc/raos/instructions.md")
  (dict "name" "PORT" "value" (.Values.runtime.port | int | toString))
  (dict "name" "HOME" "value" "/tmp")
  (dict "name" "MODEL_PROVIDER" "value" .Values.model.provider)
  (dict "name" "MODEL_NAME" "value" .Values.model.name)
  (dict "name" $names.model "value" .Values.model.name) }}
{{- with .Values.model.endpoint }}
{{- $variables = concat $variables (list (dict "name" "MODEL_ENDPOINT" "value" .) (dict "name" $names.url "value" .)) }}
{{- end }}
{{- with .Values.model.apiKeySecretRef }}
{{- $variables = append $variables (dict "name" $names.key "valueFrom" (dict "secretKeyRef" (dict "name" .name "key" .key))) }}
{{- end }}
{{- with .Values.model.fallbacks }}
{{- $variables = append $variables (dict "name" "MODEL_FALLBACKS" "value" (join "," .)) }}
{{- end }}
{{- with .Values.model.maxConcurrency }}
{{- $variables = append $variables (dict "name" "MODEL_MAX_CONCURRENCY" "value" (. | int | toString)) }}
{{- end }}
{{- if .Values.mcpServers }}
{{- $variables = append $variables (dict "name" "AGENT_MCP_FILE" "value" "/etc/raos/mcp.json") }}
{{- end }}
{{- if .Values.peers }}
{{- $variables = append $variables (dict "name" "AGENT_PEERS_FILE" "value" "/etc/raos/peers.json") }}
{{- end }}
{{- if .Values.a2a.enabled }}
{{- $variables = append $variables (dict "name" "AGENT_CARD_FILE" "value" "/etc/raos/public/.well-known/agent-card.json") }}
{{- end }}
{{- if .Values.dapr.enabled }}
{{- if .Values.dapr.state }}
{{- $variables = append $variables (dict "name" "DAPR_STATE_STORE" "value" (include "agent.stateStore" .)) }}
{{- end }}
{{- if .Values.dapr.pubsub }}
{{- $variables = append $variables (dict "name" "DAPR_PUBSUB" "value" (include "agent.pubsub" .)) }}
{{- end }}
{{- end }}
{{- $kept := list }}
{{- range $variables }}{{ if not (hasKey $own .name) }}{{ $kept = append $kept . }}{{ end }}{{ end }}
{{- concat $kept (.Values.runtime.env | default list) | toYaml }}
{{- end }}

{{- define "agent.probe" -}}
{{- if eq .Values.runtime.protocol "grpc" }}
grpc: {port: {{ .Values.runtime.port | int }}}
{{- else }}
httpGet: {path: {{ .Values.runtime.healthPath | quote }}, port: app}
{{- end }}
{{- end }}

{{- define "agent.pod" -}}
metadata:
  labels:
    {{- include "agent.podLabels" . | fromJson | toYaml | nindent 4 }}
  annotations:
    {{- include "agent.podAnnotations" . | trim | nindent 4 }}
spec:
  serviceAccountName: {{ .Release.Name | quote }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 45
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- if gt (include "agent.most" . | int) 1 }}
  topologySpreadConstraints:
    {{- $keys := ternary (list "kubernetes.io/hostname" "topology.kubernetes.io/zone") (list "kubernetes.io/hostname") (eq .Values.stage "planet") }}
    {{- range $key := $keys }}
    - maxSkew: 1
      topologyKey: {{ $key }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "agent.selector" $ | nindent 10 }}
    {{- end }}
  {{- end }}
  containers:
    - name: agent
      image: {{ .Values.runtime.image | quote }}
      {{- with .Values.runtime.command }}
      command:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.runtime.args }}
      args:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      env:
        {{- include "agent.env" . | nindent 8 }}
      ports:
        - {name: app, containerPort: {{ .Values.runtime.port | int }}, protocol: TCP}
      startupProbe:
        {{- include "agent.probe" . | trim | nindent 8 }}
        periodSeconds: 2
        failureThreshold: 60
      readinessProbe:
        {{- include "agent.probe" . | trim | nindent 8 }}
        periodSeconds: 5
      livenessProbe:
        {{- include "agent.probe" . | trim | nindent 8 }}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      {{- with .Values.runtime.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        runAsNonRoot: true
        capabilities: {drop: [ALL]}
      volumeMounts:
        - {name: config, mountPath: /etc/raos, readOnly: true}
        - {name: tmp, mountPath: /tmp}
        {{- if and .Values.runtime.storage (eq .Values.runtime.workload "StatefulSet") }}
        - {name: storage, mountPath: {{ .Values.runtime.storage.mountPath | quote }}}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ .Release.Name | quote }}
        items:
          - {key: instructions.md, path: instructions.md}
          {{- if .Values.mcpServers }}
          - {key: mcp.json, path: mcp.json}
          {{- end }}
          {{- if .Values.peers }}
          - {key: peers.json, path: peers.json}
          {{- end }}
          {{- if .Values.a2a.enabled }}
          # A folder that any static file server can serve as its root.
          - {key: agent-card.json, path: public/.well-known/agent-card.json}
          {{- end }}
    - name: tmp
      emptyDir: {sizeLimit: 1Gi}
{{- end }}
