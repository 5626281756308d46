{{/*
Spells out the words of files/ that stand for several spellings of one metric. A matcher holds no parenthesis.
Exporters that are scraped without honor_labels have their own pod in `pod`, and what they measure in `exported_pod`.
*/}}
{{- define "agent.spellOut" -}}
{{- $text := include "agent.spellOutCalls" . }}
{{- $pod := `label_replace(%s, "pod", "$$1", "exported_pod", "(.+)")` }}
{{- $both := printf `label_replace(%s, "container", "$$1", "exported_container", "(.+)")` $pod }}
{{- range $word, $how := dict
  "POD" (list "AGENT_OWN" `AGENT_EXPORTED,exported_pod=~"AGENT_PODS"` $both)
  "CONTAINER" (list `AGENT_OWN,container="agent"` `AGENT_EXPORTED,exported_pod=~"AGENT_PODS",exported_container="agent"` $pod)
  "SIDECAR" (list `AGENT_OWN,container="daprd"` `AGENT_EXPORTED,exported_pod=~"AGENT_PODS",exported_container="daprd"` $pod)
  "OBJECT" (list "AGENT_OBJECTS" "AGENT_EXPORTED" "%s") }}
{{- $metric := printf `\b%s\(([A-Za-z_]+)(?:, ([^()]*))?\)` $word }}
{{- $over := printf `(\w+)\(%s\[(\w+)\]((?: offset \w+)?)\)` $metric }}
{{- $whole := "${1}(${2}{%s,${3}}[${4}]${5})" }}
{{- $text = regexReplaceAll $over $text (include "agent.either" (dict "how" $how "whole" $whole "json" $.json)) }}
{{- $text = regexReplaceAll $metric $text (include "agent.either" (dict "how" $how "whole" "${1}{%s,${2}}" "json" $.json)) }}
{{- end }}
{{- $text | replace ",}" "}" }}
{{- end }}

{{/* A metric by the labels of its exporter, or by those that Prometheus renamed. */}}
{{- define "agent.either" -}}
{{- $renamed := printf (index .how 2) (printf .whole (index .how 1)) }}
{{- $either := printf "(%s or %s)" (printf .whole (index .how 0)) $renamed }}
{{- if .json }}{{ $either | replace `"` `\"` }}{{ else }}{{ $either }}{{ end }}
{{- end }}

{{/*
Calls of models and of tools, and tokens. The unit in a name depends on the exporter (that of JavaScript leaves it out) and on the
instrumentation (OpenLLMetry calls the unit of tokens "token"), the labels on the version of the conventions: gen_ai_system became
gen_ai_provider_name, and OpenLLMetry has only the model that answered. Where one pod has a name twice, the first counts.
*/}}
{{- define "agent.spellOutCalls" -}}
{{- $text := .text }}
{{- $calls := "sum by (gen_ai_provider_name, gen_ai_request_model, error_type) (%s)" }}
{{- range $label, $older := dict "gen_ai_provider_name" "gen_ai_system" "gen_ai_request_model" "gen_ai_response_model" }}
{{- $first := printf `label_replace(label_join(%%s, "raos_seen", ";", "%s", "%s"), "%s", "$$1", "raos_seen", ";?([^;]+).*")` $label $older $label }}
{{- $calls = printf $calls $first }}
{{- end }}
{{- $tools := "sum by (server_address, error_type) (%s)" }}
{{- $growth := "(%[1]s unless last_over_time(%[1]s[1h] offset 15m)) or increase(%[1]s[15m])" }}
{{- range $word, $one := dict
  "MODEL_CALLS" (dict "metric" "gen_ai_client_operation_duration" "sum" $calls)
  "TOOL_CALLS" (dict "metric" "mcp_client_operation_duration" "sum" $tools) }}
{{- $first := printf "%s_seconds_count{AGENT_OWN}" $one.metric }}
{{- $second := printf "%s_count{AGENT_OWN}" $one.metric }}
{{- $new := printf "AGENT_ONCE (%s or %s)" (printf $growth $first) (printf $growth $second) }}
{{- $text = regexReplaceAll (printf `%s\(growth 15m\)` $word) $text (printf $one.sum $new) }}
{{- $over := printf "AGENT_ONCE (${1}(%s[${2}]) or ${1}(%s[${2}]))" $first $second }}
{{- $text = regexReplaceAll (printf `%s\((\w+) (\w+)\)` $word) $text (printf $one.sum $over) }}
{{- end }}
{{- $tokens := list }}
{{- range list "" "_token" "_tokens" }}
{{- $used := printf `gen_ai_client_token_usage%s_sum{AGENT_OWN,gen_ai_token_type!~"(?i:.*(cach|reason|total).*)"}` . }}
{{- $tokens = append $tokens (printf "sum by (pod) (AGENT_ONCE (increase(%s[${1}])))" $used) }}
{{- end }}
{{- regexReplaceAll `MODEL_TOKENS\((\w+)\)` $text (printf "sum(%s)" (join " or " $tokens)) }}
{{- end }}
