{{/* Labels that select the agent's pods; they never change, since a selector cannot. */}}
{{- define "agent.selector" -}}
app.kubernetes.io/name: {{ .Release.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Labels of the pods, as JSON: no chart version among them, so that a new chart alone restarts nothing. The agent's own never win over these. */}}
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

{{/* Whether something other than the release sets the number of replicas: "true" or "". */}}
{{- define "agent.autoscaled" -}}
{{- if or .Values.scaling.hpa .Values.scaling.keda }}true{{ end }}
{{- end }}

{{/* Fewest replicas there ever are. */}}
{{- define "agent.fewest" -}}
{{- if include "agent.autoscaled" . }}{{ .Values.scaling.min | default 0 }}{{ else }}{{ dig "replicas" 1 .Values.scaling }}{{ end }}
{{- end }}

{{/* Most replicas there ever are. */}}
{{- define "agent.most" -}}
{{- if include "agent.autoscaled" . }}{{ .Values.scaling.max }}{{ else }}{{ dig "replicas" 1 .Values.scaling }}{{ end }}
{{- end }}

{{/* Replicas that an agent which nobody calls may keep: none only where a message wakes it, and no caller waits meanwhile. */}}
{{- define "agent.idleReplicas" -}}
{{- if and (dig "keda" "kafkaLag" 0 .Values.scaling) (not .Values.a2a.enabled) }}0{{ else }}1{{ end }}
{{- end }}

{{/* Regular expression of the agent's pods' names; no other agent's match, not those of "a-b" for the agent "a". */}}
{{- define "agent.pods" -}}
{{- if eq .Values.runtime.workload "StatefulSet" -}}
{{ .Release.Name }}-[0-9]+
{{- else -}}
{{ .Release.Name }}-[0-9a-z]{1,10}-[0-9a-z]{5}
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

{{/* Metadata of a Dapr component: own values first, then the Secret's, then what the agent's name says. */}}
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

{{/* Name of the app's port by what it speaks, which meshes and ingresses read. */}}
{{- define "agent.servicePort" -}}
{{- if eq .Values.runtime.protocol "grpc" }}grpc{{ else }}http{{ end }}
{{- end }}

{{/* The consumer group: two tenants may each have an agent of one name on one broker. */}}
{{- define "agent.consumer" -}}
{{ .Release.Namespace }}.{{ .Release.Name }}
{{- end }}
