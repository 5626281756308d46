{{/* Labels that select the agent's pods; they never change, since a selector is immutable. */}}
{{- define "agent.selector" -}}
app.kubernetes.io/name: {{ .Release.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Labels of the pods, as JSON, without the chart's version, so that a new chart alone restarts nothing. They win over the agent's own. */}}
{{- define "agent.podLabels" -}}
{{- $fixed := dict
  "app.kubernetes.io/part-of" "raos"
  "raos.dev/tenant" .Values.tenant
  "raos.dev/environment" .Values.environment
  "raos.dev/stage" .Values.stage }}
{{- mergeOverwrite (dict) (.Values.labels | default dict) $fixed (include "agent.selector" . | fromYaml) | toJson }}
{{- end }}

{{- define "agent.metadata" -}}
{{- $fixed := dict
  "app.kubernetes.io/managed-by" .root.Release.Service
  "helm.sh/chart" (printf "%s-%s" .root.Chart.Name (.root.Chart.Version | replace "+" "_")) }}
name: {{ .name | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- mergeOverwrite (dict) (.labels | default dict) (include "agent.podLabels" .root | fromJson) $fixed | toYaml | nindent 2 }}
{{- end }}

{{/*
Which values the workload was made from, as an annotation. It is not on the pods, so that a change which is not about them, such as one
of the dashboard, restarts none.
*/}}
{{- define "agent.valuesDigest" -}}
{{- with .Values.valuesDigest }}raos.dev/values-digest: {{ . | quote }}{{ end }}
{{- end }}

{{/* Whether something other than the release sets the number of replicas: "true" or "". */}}
{{- define "agent.autoscaled" -}}
{{- if or .Values.scaling.hpa .Values.scaling.keda }}true{{ end }}
{{- end }}

{{/* Whether the agent ends by itself, so that nobody calls it: "true" or "". */}}
{{- define "agent.ends" -}}
{{- if has .Values.runtime.workload (list "CronJob" "Job") }}true{{ end }}
{{- end }}

{{/* Minimum of replicas. */}}
{{- define "agent.fewest" -}}
{{- if include "agent.autoscaled" . }}{{ .Values.scaling.min | default 0 }}{{ else }}{{ dig "replicas" 1 .Values.scaling }}{{ end }}
{{- end }}

{{/* Maximum of replicas. */}}
{{- define "agent.most" -}}
{{- if include "agent.autoscaled" . }}{{ .Values.scaling.max }}{{ else }}{{ dig "replicas" 1 .Values.scaling }}{{ end }}
{{- end }}

{{/* Replicas that an agent without calls keeps: zero only where a message starts it again, and no caller waits for it. */}}
{{- define "agent.idleReplicas" -}}
{{- if and (dig "keda" "kafkaLag" 0 .Values.scaling) (not .Values.a2a.enabled) }}0{{ else }}1{{ end }}
{{- end }}

{{/*
Regular expression of the agent's pod names; no other agent's names match, such as those of "a-b" for the agent "a".
The API server cuts what stands before a pod's last five characters to 58, so that from 47 characters on a Deployment's
pods lose their last hyphen, then the end of the hash (kubernetes/kubernetes#116447). `podPattern` of src/domain says the same.
*/}}
{{- define "agent.pods" -}}
{{- $whole := min 10 (sub 56 (len .Release.Name)) }}
{{- if eq .Values.runtime.workload "StatefulSet" -}}
{{ .Release.Name }}-[0-9]+
{{- else if eq $whole 10 -}}
{{ .Release.Name }}-[0-9a-z]{1,10}-[0-9a-z]{5}
{{- else -}}
{{ printf "%s-([0-9a-z]{1,%d}-[0-9a-z]{5}|[0-9a-z]{%d})" .Release.Name $whole (sub 62 (len .Release.Name)) }}
{{- end -}}
{{- end }}

{{/* Names of the state stores and of the broker: dapr-agents looks for fixed ones, the others get them by environment. */}}
{{- define "agent.stateStore" -}}
{{- if eq .Values.runtime.framework "dapr-agents" }}agent-workflow{{ else }}{{ .Release.Name }}-state{{ end }}
{{- end }}
{{- define "agent.pubsub" -}}
{{- if eq .Values.runtime.framework "dapr-agents" }}agent-pubsub{{ else }}{{ .Release.Name }}-pubsub{{ end }}
{{- end }}

{{/* The app-id by which a peer is called: with its namespace where that is another. */}}
{{- define "agent.peerId" -}}
{{- if eq .peer.namespace .root.Release.Namespace }}{{ .peer.name }}{{ else }}{{ .peer.name }}.{{ .peer.namespace }}{{ end }}
{{- end }}

{{/* Metadata of a Dapr component: its own values first, then the Secret's, then those made from the agent's name. */}}
{{- define "agent.componentMetadata" -}}
{{- range $name, $value := .component.metadata }}
- name: {{ $name | quote }}
  {{- if kindIs "map" $value }}
  secretKeyRef: {name: {{ $value.secretKeyRef.name | quote }}, key: {{ $value.secretKeyRef.key | quote }}}
  {{- else }}
  value: {{ $value | toString | quote }}
  {{- end }}
{{- end }}
{{- with .component.secret }}
{{- range $key := .keys }}
- name: {{ $key | quote }}
  secretKeyRef: {name: {{ $.component.secret.name | quote }}, key: {{ $key | quote }}}
{{- end }}
{{- end }}
{{- range $name, $value := .derived }}
{{- if not (hasKey ($.component.metadata | default dict) $name) }}
- name: {{ $name | quote }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Name of the app's port, by its protocol, which meshes and ingresses read. */}}
{{- define "agent.servicePort" -}}
{{- if eq .Values.runtime.protocol "grpc" }}grpc{{ else }}http{{ end }}
{{- end }}

{{/*
Further matchers of every selector, each after a comma: labels that tell the environment's series from another's. A series without
the label matches, too: a cluster's own Prometheus adds it only to what it sends on, where a ruler of many clusters needs it.
*/}}
{{- define "agent.matchers" -}}
{{- range $label, $value := .Values.monitoring.matchers }},{{ $label }}=~{{ printf "%s|" (regexQuoteMeta $value) | quote }}{{ end }}
{{- end }}

{{/* The consumer group that daprd joins, and of which KEDA and the broker's exporter count the lag. */}}
{{- define "agent.consumerGroup" -}}
{{- dig "pubsub" "metadata" "consumerGroup" "" .Values.dapr | default (include "agent.consumer" .) }}
{{- end }}

{{/* The consumer group: two tenants may each have an agent of the same name on one broker. */}}
{{- define "agent.consumer" -}}
{{ .Release.Namespace }}.{{ .Release.Name }}
{{- end }}
