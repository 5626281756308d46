{{/* Annotations of the pod: Dapr's, and the digest of what the pod reads at its start. Declared inputs only. */}}
{{- define "agent.podAnnotations" -}}
{{- with .Values.runtime.pod.annotations }}
{{ toYaml . }}
{{- end }}
{{- $inputs := dict "instructions" .Values.instructions "mcp" .Values.mcpServers "peers" .Values.peers "a2a" .Values.a2a "dapr" .Values.dapr "access" .Values.access "tracing" (dig "tracing" dict .Values.observability) }}
{{- if .Values.a2a.enabled }}{{ $_ := set $inputs "card" (list .Values.description .Values.version) }}{{ end }}
{{- if .Values.runtime.stock }}{{ $_ := set $inputs "config" (include "agent.config" .) }}{{ end }}
raos.dev/config-checksum: {{ $inputs | toJson | sha256sum | quote }}
{{- if .Values.dapr.enabled }}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .Release.Name | quote }}
{{- $ends := include "agent.ends" . }}
{{- if $ends }}
# The sidecar ends with the agent. Nobody calls the agent, so that Dapr does not wait for its port.
dapr.io/enable-native-sidecar: "true"
{{- else }}
dapr.io/app-port: {{ .Values.runtime.port | int | quote }}
dapr.io/app-protocol: {{ .Values.runtime.protocol | quote }}
{{- end }}
dapr.io/config: {{ .Release.Name | quote }}
dapr.io/log-as-json: "true"
dapr.io/log-level: {{ .Values.dapr.sidecar.logLevel | default "info" | quote }}
dapr.io/enable-metrics: "true"
dapr.io/metrics-port: "9090"
{{- /* Dapr asks over HTTP or gRPC at the agent's port: an agent that its readiness probe asks in another way has no such check. */}}
{{- $ready := include "agent.probe" (dict "root" . "own" .Values.runtime.pod.readinessProbe "times" dict) | fromYaml }}
{{- if and (not $ends) (include "agent.isAskedByDapr" (dict "root" . "probe" $ready)) }}
dapr.io/enable-app-health-check: "true"
{{- if eq .Values.runtime.protocol "http" }}
dapr.io/app-health-check-path: {{ dig "httpGet" "path" "/" $ready | quote }}
{{- end }}
dapr.io/app-health-probe-interval: "5"
dapr.io/app-health-probe-timeout: "1000"
dapr.io/app-health-threshold: "3"
{{- end }}
{{- $grace := .Values.runtime.pod.terminationGracePeriodSeconds | default 45 | int }}
{{- if not $ends }}
dapr.io/block-shutdown-duration: "{{ min 10 (div $grace 4) }}s"
{{- end }}
dapr.io/graceful-shutdown-seconds: {{ max 1 (sub $grace 20) (div $grace 2) | quote }}
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
  "bedrock" (dict "key" "AWS_BEARER_TOKEN_BEDROCK" "url" "AWS_ENDPOINT_URL_BEDROCK_RUNTIME" "model" "BEDROCK_MODEL_ID" "region" "AWS_REGION")
  "vertex" (dict "key" "GOOGLE_API_KEY" "url" "VERTEX_BASE_URL" "model" "VERTEX_MODEL" "region" "GOOGLE_CLOUD_LOCATION")
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
{{- with .Values.model.region }}
{{- $variables = concat $variables (list (dict "name" "MODEL_REGION" "value" .) (dict "name" $names.region "value" .)) }}
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
{{- range $server := .Values.mcpServers }}
{{- range $server.headers }}
{{- if .secretKeyRef }}
{{- $variables = append $variables (dict "name" (include "agent.headerVariable" (list $server.name .name)) "valueFrom" (dict "secretKeyRef" .secretKeyRef)) }}
{{- end }}
{{- end }}
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
{{- range .Values.dapr.components }}
{{- $variables = append $variables (dict "name" (printf "DAPR_COMPONENT_%s" (.name | upper | replace "-" "_")) "value" (printf "%s-%s" $.Release.Name .name)) }}
{{- end }}
{{- end }}
{{- $kept := list }}
{{- range $variables }}{{ if not (hasKey $own .name) }}{{ $kept = append $kept . }}{{ end }}{{ end }}
{{- concat $kept (.Values.runtime.env | default list) | toYaml }}
{{- end }}

{{/* Whether Dapr can ask as a probe does, in the agent's protocol at the agent's port: "true" or "". */}}
{{- define "agent.isAskedByDapr" -}}
{{- $kind := ternary "grpc" "httpGet" (eq .root.Values.runtime.protocol "grpc") }}
{{- with get .probe $kind }}
{{- if has (.port | toString) (list "app" ($.root.Values.runtime.port | int | toString)) }}true{{ end }}
{{- end }}
{{- end }}

{{/*
A probe of the agent's container: its own kind and times over the chart's. A probe without a kind asks as the others do: an agent
that is asked for readiness by TCP has no HTTP path that could tell whether it is alive.
*/}}
{{- define "agent.probe" -}}
{{- $kind := dict "httpGet" (dict "path" .root.Values.runtime.healthPath "port" "app") }}
{{- if eq .root.Values.runtime.protocol "grpc" }}{{ $kind = dict "grpc" (dict "port" (.root.Values.runtime.port | int)) }}{{ end }}
{{- $pod := .root.Values.runtime.pod }}
{{- range $probe := list $pod.startupProbe $pod.livenessProbe $pod.readinessProbe .own }}
{{- with pick ($probe | default dict) "httpGet" "tcpSocket" "grpc" "exec" }}{{ $kind = . }}{{ end }}
{{- end }}
{{- mergeOverwrite (dict) (deepCopy $kind) .times (deepCopy (.own | default dict)) | toYaml }}
{{- end }}

{{/* What every container may do: nothing, but for what the tenant allows its own. `own` is a securityContext, `user` the pod's user. */}}
{{- define "agent.containerSecurity" -}}
{{- $own := .own | default dict }}
{{- $user := ternary $own.runAsUser .user (hasKey $own "runAsUser") | int }}
{{- $context := dict
  "allowPrivilegeEscalation" ($own.privileged | default false)
  "readOnlyRootFilesystem" true
  "runAsNonRoot" (ne $user 0)
  "capabilities" (dict "drop" (list "ALL")) }}
{{- if $own.privileged }}{{ $_ := unset $context "capabilities" }}{{ end }}
{{- mergeOverwrite $context $own | toYaml }}
{{- end }}

{{- define "agent.pod" -}}
{{- $pod := .Values.runtime.pod }}
{{- $security := mergeOverwrite (dict "runAsUser" 65532 "runAsGroup" 65532 "fsGroup" 65532 "fsGroupChangePolicy" "OnRootMismatch" "seccompProfile" (dict "type" "RuntimeDefault")) ($pod.securityContext | default dict) }}
{{- $_ := set $security "runAsNonRoot" (ne (int $security.runAsUser) 0) }}
metadata:
  labels:
    {{- $labels := mergeOverwrite (dict) ($pod.labels | default dict) (include "agent.podLabels" . | fromJson) }}
    {{- /* Azure's webhook gives a pod its identity only where it has this label. */}}
    {{- if hasKey (.Values.runtime.serviceAccount.annotations | default dict) "azure.workload.identity/client-id" }}
    {{- $_ := set $labels "azure.workload.identity/use" "true" }}
    {{- end }}
    {{- toYaml $labels | nindent 4 }}
  annotations:
    {{- include "agent.podAnnotations" . | trim | nindent 4 }}
spec:
  serviceAccountName: {{ .Release.Name | quote }}
  automountServiceAccountToken: {{ dig "automountServiceAccountToken" false .Values.runtime.serviceAccount }}
  enableServiceLinks: false
  {{- if include "agent.ends" . }}
  restartPolicy: Never
  {{- end }}
  terminationGracePeriodSeconds: {{ $pod.terminationGracePeriodSeconds | default 45 | int }}
  securityContext:
    {{- toYaml $security | nindent 4 }}
  {{- range $field := list "imagePullSecrets" "nodeSelector" "tolerations" "priorityClassName" "runtimeClassName" "hostNetwork" "hostPID" "hostIPC" }}
  {{- with get $pod $field }}
  {{ $field }}: {{ toJson . }}
  {{- end }}
  {{- end }}
  {{- if $pod.hostNetwork }}
  dnsPolicy: ClusterFirstWithHostNet
  {{- end }}
  {{- with $pod.affinity }}
  affinity:
    {{- include "agent.affinity" (dict "root" $ "affinity" .) | nindent 4 }}
  {{- end }}
  {{- if $pod.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range $pod.topologySpreadConstraints }}
    - {{ mergeOverwrite (dict "labelSelector" (dict "matchLabels" (include "agent.selector" $ | fromYaml))) . | toJson }}
    {{- end }}
  {{- else if gt (include "agent.most" . | int) 1 }}
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
  {{- with $pod.initContainers }}
  initContainers:
    {{- range . }}
    {{- $container := omit . "securityContext" "volumeMounts" }}
    {{- $_ := set $container "securityContext" (include "agent.containerSecurity" (dict "own" .securityContext "user" $security.runAsUser) | fromYaml) }}
    {{- $mounts := .volumeMounts | default list }}
    {{- $hasTmp := false }}
    {{- range $mounts }}{{ if eq (.mountPath | trimSuffix "/") "/tmp" }}{{ $hasTmp = true }}{{ end }}{{ end }}
    {{- if not $hasTmp }}{{ $mounts = append $mounts (dict "name" "tmp" "mountPath" "/tmp" "subPath" .name) }}{{ end }}
    {{- $_ := set $container "volumeMounts" $mounts }}
    - {{ toYaml $container | nindent 6 | trim }}
    {{- end }}
  {{- end }}
  containers:
    - name: agent
      image: {{ .Values.runtime.image | quote }}
      {{- with .Values.runtime.command }}
      command:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if .Values.runtime.stock }}
      args: [agent, --config, /etc/raos/agent.json]
      {{- else }}
      {{- with .Values.runtime.args }}
      args:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
      env:
        {{- include "agent.env" . | nindent 8 }}
      {{- with $pod.envFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if not (include "agent.ends" .) }}
      ports:
        - {name: app, containerPort: {{ .Values.runtime.port | int }}, protocol: TCP}
      startupProbe:
        {{- include "agent.probe" (dict "root" . "own" $pod.startupProbe "times" (dict "periodSeconds" 2 "failureThreshold" 60)) | nindent 8 }}
      readinessProbe:
        {{- include "agent.probe" (dict "root" . "own" $pod.readinessProbe "times" (dict "periodSeconds" 5)) | nindent 8 }}
      livenessProbe:
        {{- include "agent.probe" (dict "root" . "own" $pod.livenessProbe "times" (dict "periodSeconds" 10 "timeoutSeconds" 5 "failureThreshold" 6)) | nindent 8 }}
      {{- end }}
      {{- with $pod.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- $resources := mergeOverwrite (dict) (deepCopy (.Values.runtime.resources | default dict)) }}
      {{- range $name, $count := $pod.extendedResources }}
      {{- $_ := set $resources "limits" (set ($resources.limits | default dict) $name ($count | int)) }}
      {{- end }}
      {{- with $resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- include "agent.containerSecurity" (dict "own" $pod.containerSecurityContext "user" $security.runAsUser) | nindent 8 }}
      volumeMounts:
        - {name: config, mountPath: /etc/raos, readOnly: true}
        - {name: tmp, mountPath: /tmp}
        {{- if (include "agent.tokens" . | fromJson).audiences }}
        - {name: tokens, mountPath: /var/run/secrets/raos.dev/tokens, readOnly: true}
        {{- end }}
        {{- if and .Values.runtime.storage (eq .Values.runtime.workload "StatefulSet") }}
        - {name: storage, mountPath: {{ .Values.runtime.storage.mountPath | quote }}}
        {{- end }}
        {{- range $pod.volumeMounts }}
        - {{ toJson . }}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ .Release.Name | quote }}
        items:
          - {key: instructions.md, path: instructions.md}
          {{- if .Values.runtime.stock }}
          - {key: agent.json, path: agent.json}
          {{- end }}
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
    {{- with (include "agent.tokens" . | fromJson).audiences }}
    - name: tokens
      projected:
        sources:
          {{- range . }}
          - serviceAccountToken: {audience: {{ . | quote }}, path: {{ . | quote }}, expirationSeconds: 3600}
          {{- end }}
    {{- end }}
    {{- range $pod.volumes }}
    - {{ include "agent.volume" . }}
    {{- end }}
{{- end }}

{{/* A volume; the claim of an ephemeral one is written out as Kubernetes has it. */}}
{{- define "agent.volume" -}}
{{- $volume := deepCopy . }}
{{- with .ephemeral }}
{{- $claim := dict "accessModes" .accessModes "resources" (dict "requests" (dict "storage" .storage)) }}
{{- with .storageClassName }}{{ $_ := set $claim "storageClassName" . }}{{ end }}
{{- $_ := set $volume "ephemeral" (dict "volumeClaimTemplate" (dict "spec" $claim)) }}
{{- end }}
{{- toJson $volume }}
{{- end }}

{{/* Affinity; terms about pods that name none mean the agent's own. */}}
{{- define "agent.affinity" -}}
{{- $affinity := deepCopy .affinity }}
{{- $own := dict "matchLabels" (include "agent.selector" .root | fromYaml) }}
{{- range $side := list "podAffinity" "podAntiAffinity" }}
{{- range dig $side "requiredDuringSchedulingIgnoredDuringExecution" list $affinity }}
{{- if not .labelSelector }}{{ $_ := set . "labelSelector" $own }}{{ end }}
{{- end }}
{{- range dig $side "preferredDuringSchedulingIgnoredDuringExecution" list $affinity }}
{{- if not .podAffinityTerm.labelSelector }}{{ $_ := set .podAffinityTerm "labelSelector" $own }}{{ end }}
{{- end }}
{{- end }}
{{- toYaml $affinity }}
{{- end }}
