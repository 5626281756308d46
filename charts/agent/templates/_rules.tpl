{{/*
Fills the names of one agent into a text of files/: each is a DNS label, a number or an expression of ours. With `json` the text
is JSON, and names are filled in within its strings. A longer placeholder comes before its prefixes.
*/}}
{{- define "agent.fill" -}}
{{- $root := .root }}
{{- $grpc := eq $root.Values.runtime.protocol "grpc" }}
{{- $cluster := include "agent.matchers" $root }}
{{- $of := printf `app_id="%s",namespace="%s"%s` $root.Release.Name $root.Release.Namespace $cluster }}
{{- $calls := printf `dapr_http_client_completed_count{%s` $of }}
{{- $failed := printf `%s,status=~"5.."` $calls }}
{{- $latency := printf `dapr_http_client_roundtrip_latency_bucket{%s` $of }}
{{- if $grpc }}
{{- $callbacks := printf `%s,grpc_client_method=~"/dapr.proto.runtime.v1.AppCallback.*"` $of }}
{{- $calls = printf `dapr_grpc_io_client_completed_rpcs{%s` $callbacks }}
{{- $failed = printf `%s,grpc_client_status!~"OK|Canceled|InvalidArgument|NotFound|AlreadyExists|PermissionDenied|Unauthenticated|FailedPrecondition|OutOfRange"` $calls }}
{{- $latency = printf `dapr_grpc_io_client_roundtrip_latency_bucket{%s` $callbacks }}
{{- end }}
{{- $hpa := $root.Release.Name }}
{{- if $root.Values.scaling.keda }}{{ $hpa = printf "keda-hpa-%s" $hpa }}{{ end }}
{{- $topics := list }}
{{- $dead := list }}
{{- range $root.Values.dapr.subscriptions }}
{{- $topic := .topic | replace "." `\\.` }}
{{- $topics = append $topics $topic }}
{{- if .deadLetter }}{{ $dead = append $dead $topic }}{{ end }}
{{- end }}
{{- $slo := dig "slo" dict $root.Values.observability }}
{{- $uid := printf "%s/%s/%s" $root.Values.environment $root.Release.Namespace $root.Release.Name | sha256sum | trunc 32 }}
{{- $recorded := printf `raos_agent="%s",raos_tenant="%s",raos_environment="%s"%s` $root.Release.Name $root.Values.tenant $root.Values.environment $cluster }}
{{- $pods := include "agent.pods" $root }}
{{- $kind := lower $root.Values.runtime.workload }}
{{- $text := include "agent.spellOut" . }}
{{- range $pair := list
  (list "AGENT_CALLS" (printf "%s}" $calls))
  (list "AGENT_FAILED_CALLS" (printf "%s}" $failed))
  (list "AGENT_LATENCY_BUCKETS" (printf "%s}" $latency))
  (list "AGENT_LATENCY_CALLS" (printf `%s,le="+Inf"}` $latency))
  (list "AGENT_DAPR" $of)
  (list "AGENT_DEAD" (printf `%s,process_status="drop",topic=~"%s"` $of (join "|" $dead)))
  (list "AGENT_CONSUMED" (printf `consumergroup="%s",topic=~"%s"%s` (include "agent.consumerGroup" $root) (join "|" $topics) $cluster))
  (list "AGENT_KAFKA_LAG" (dig "keda" "kafkaLag" 0 $root.Values.scaling | int | toString))
  (list "AGENT_ONCE" "max without (prometheus_replica, replica)")
  (list "AGENT_OWN" (printf `namespace="%s",pod=~"%s"%s` $root.Release.Namespace $pods $cluster))
  (list "AGENT_EXPORTED" (printf `exported_namespace="%s"%s` $root.Release.Namespace $cluster))
  (list "AGENT_OBJECTS" (printf `namespace="%s",exported_namespace=""%s` $root.Release.Namespace $cluster))
  (list "AGENT_WORKLOAD" (printf `%s="%s"` $kind $root.Release.Name))
  (list "AGENT_JOBS" (printf `job_name=~"%s-([0-9a-f]{8}|[0-9]{1,10})"` $root.Release.Name))
  (list "AGENT_REPLICAS_WANTED" (ternary "kube_deployment_spec_replicas" "kube_statefulset_replicas" (eq $kind "deployment")))
  (list "AGENT_REPLICAS_AVAILABLE" (printf "kube_%s_status_replicas_available" $kind))
  (list "AGENT_PROVIDER_ERRORS" `5[0-9][0-9]|(?i:.*(timeout|timed.?out|connection|unavailable|overloaded|internal.?server|server.?error).*)`)
  (list "AGENT_RATE_LIMITS" `429|(?i:.*(rate.?limit|too.?many.?requests|resource.?exhausted|throttl).*)`)
  (list "AGENT_TOO_LONG" `(?i:.*(context.?(length|window)|maximum.?context|too.?many.?tokens|(prompt|input).?(is.?)?too.?long|request.?too.?large).*)`)
  (list "AGENT_BAD_REQUESTS" `(?i:.*(bad.?request|invalid.?(request|argument)|validation.?exception|unprocessable).*)`)
  (list "AGENT_RECORDED" $recorded)
  (list "AGENT_HPA" $hpa)
  (list "AGENT_PODS" $pods)
  (list "AGENT_NAMESPACE" $root.Release.Namespace)
  (list "AGENT_TENANT" $root.Values.tenant)
  (list "AGENT_ENVIRONMENT" $root.Values.environment)
  (list "AGENT_UID" $uid)
  (list "AGENT_ERROR_BUDGET" (dig "errorRate" 0.01 $slo | toString))
  (list "AGENT_P95_SECONDS" (dig "p95Seconds" 0 $slo | toString))
  (list "AGENT_MAX_REPLICAS" (include "agent.most" $root))
  (list "AGENT_TOKENS_PER_DAY" ($root.Values.monitoring.tokensPerDay | int64 | toString))
  (list "AGENT_NAME" $root.Release.Name) }}
{{- $value := index $pair 1 }}
{{- if $.json }}
{{- $string := toJson $value }}
{{- $value = substr 1 (sub (len $string) 1 | int) $string }}
{{- end }}
{{- $text = $text | replace (index $pair 0) $value }}
{{- end }}
{{- $text }}
{{- end }}

{{/* The PrometheusRule: of files/alerts.yaml, the parts that the agent has the signals for. */}}
{{- define "agent.rules" -}}
{{- $parts := include "agent.fill" (dict "root" . "text" (.Files.Get "files/alerts.yaml")) | fromYaml }}
{{- $slo := dig "slo" dict .Values.observability }}
{{- /* Where minimum and maximum are equal, an agent is always at its maximum. */}}
{{- $spread := gt (include "agent.most" . | int) (include "agent.fewest" . | int) }}
{{- $has := dict
  "container" true
  "job" (include "agent.ends" .)
  "ready" (and (not (include "agent.ends" .)) (ge (include "agent.fewest" . | int) 1))
  "readyFromZero" (eq (include "agent.fewest" . | int) 0)
  "hpa" (and .Values.scaling.hpa $spread)
  "keda" (and .Values.scaling.keda $spread)
  "scaler" .Values.scaling.keda
  "queue" (and .Values.scaling.keda $spread (not (dig "keda" "kafkaLag" 0 .Values.scaling)))
  "kafka" (and $spread (dig "keda" "kafkaLag" 0 .Values.scaling))
  "quota" (and (include "agent.autoscaled" .) $spread)
  "idle" (and .Values.dapr.enabled (not (include "agent.ends" .)) (not .Values.networking.ingress) (gt (include "agent.fewest" . | int) (include "agent.idleReplicas" . | int)))
  "peers" (and .Values.dapr.enabled .Values.peers)
  "model" .Values.observability.metricsPath
  "tools" (and .Values.observability.metricsPath .Values.mcpServers)
  "dapr" .Values.dapr.enabled
  "errors" (and .Values.dapr.enabled (hasKey $slo "errorRate"))
  "latency" (and .Values.dapr.enabled (hasKey $slo "p95Seconds"))
  "deadLetter" false }}
{{- range .Values.dapr.subscriptions }}{{ if and .deadLetter $.Values.dapr.enabled $.Values.dapr.pubsub }}{{ $_ := set $has "deadLetter" true }}{{ end }}{{ end }}
{{- $whose := dict "raos_agent" .Release.Name "raos_tenant" .Values.tenant "raos_environment" .Values.environment }}
{{- $rules := list }}
{{- range $part := list "container" "job" "ready" "readyFromZero" "hpa" "keda" "scaler" "queue" "kafka" "quota" "idle" "peers" "model" "tools" "dapr" "deadLetter" "latency" "errors" }}
{{- if get $has $part }}
{{- range $rule := get $parts $part }}
{{- $rules = append $rules (merge (dict "labels" (merge (dict) ($rule.labels | default dict) $whose ($.Values.monitoring.matchers | default dict))) $rule) }}
{{- end }}
{{- end }}
{{- end }}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  {{- include "agent.metadata" (dict "root" . "name" .Release.Name "labels" .Values.monitoring.labels) | nindent 2 }}
spec:
  groups:
    - name: {{ printf "raos.%s.%s" .Release.Namespace .Release.Name | quote }}
      rules:
        {{- toYaml $rules | nindent 8 }}
{{- end }}
