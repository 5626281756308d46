/** Series, and the alerts that fire at their end: `alertname severity [window]`. */
export interface Story {
  readonly release: string;
  readonly series: Readonly<Record<string, string>>;
  readonly firing: readonly string[];
  /** Minutes from one value to the next, and from the first to the last; left out: 1 and 120. */
  readonly pace?: { readonly step: number; readonly span: number };
}

export const TWO_HOURS = 120;
const steady = (perMinute: number) => `0+${perMinute}x${TWO_HOURS}`;
const constant = (value: number) => `${value}+0x${TWO_HOURS}`;

const pod = 'namespace="support-agents",pod="triage-0",container="agent"';
const other = 'namespace="support-agents",pod="triage-b-7d9f8c6b5-x2x4z",container="agent"';
const of = 'app_id="triage",namespace="support-agents"';
const ready = { 'kube_pod_status_ready{namespace="support-agents",pod="triage-0",condition="true"}': constant(1) };
const triage = (series: Story["series"], ...firing: string[]): Story => ({
  release: "production/support/triage",
  series: { ...ready, ...series },
  firing,
});
const calls = (failed: number, ok: number) => ({
  [`dapr_http_client_completed_count{${of},status="503"}`]: steady(failed),
  [`dapr_http_client_completed_count{${of},status="200"}`]: steady(ok),
});
const latency = (slow: number) => ({
  [`dapr_http_client_roundtrip_latency_bucket{${of},le="5000"}`]: steady(100 - slow),
  [`dapr_http_client_roundtrip_latency_bucket{${of},le="20000"}`]: steady(100),
  [`dapr_http_client_roundtrip_latency_bucket{${of},le="+Inf"}`]: steady(100),
});
const memory = (used: number) => ({
  [`container_memory_working_set_bytes{${pod}}`]: constant(used),
  [`kube_pod_container_resource_limits{${pod},resource="memory"}`]: constant(1000),
});
const killed = (whose: string) => ({
  [`kube_pod_container_status_last_terminated_reason{${whose},reason="OOMKilled"}`]: constant(1),
  [`kube_pod_container_status_restarts_total{${whose}}`]: `0x110 1x${TWO_HOURS - 110}`,
});
const scaler = 'namespace="support-agents",horizontalpodautoscaler="keda-hpa-triage"';
const autoscaler = (replicas: number) => ({
  [`kube_horizontalpodautoscaler_status_current_replicas{${scaler}}`]: constant(replicas),
  [`kube_horizontalpodautoscaler_spec_max_replicas{${scaler}}`]: constant(12),
});
const load = (each: number) => ({
  [`kube_horizontalpodautoscaler_status_target_metric{${scaler},metric_name="s0-prometheus",metric_target_type="average"}`]:
    constant(each),
  [`kube_horizontalpodautoscaler_spec_target_metric{${scaler},metric_name="s0-prometheus",metric_target_type="average"}`]:
    constant(2.5),
});
const unread = (perMinute: number) => ({
  'keda_scaled_object_errors_total{namespace="support-agents",scaledObject="triage",pod="keda-operator-1"}':
    steady(perMinute),
});
const billing = (series: Story["series"], ...firing: string[]): Story => ({
  release: "production/finance/billing",
  series: {
    'kube_pod_status_ready{namespace="finance",pod="billing-7d9f8c6b5-x2x4z",condition="true"}': constant(1),
    ...series,
  },
  firing,
});
const hpa = (replicas: number) => ({
  'kube_horizontalpodautoscaler_status_current_replicas{namespace="finance",horizontalpodautoscaler="billing"}':
    constant(replicas),
  'kube_horizontalpodautoscaler_spec_max_replicas{namespace="finance",horizontalpodautoscaler="billing"}': constant(8),
});
const quota = (pods: number) => ({
  'kube_resourcequota{namespace="finance",resourcequota="agents",resource="pods",type="used"}': constant(pods),
  'kube_resourcequota{namespace="finance",resourcequota="agents",resource="pods",type="hard"}': constant(200),
});
const throttled = (share: number) => ({
  [`container_cpu_cfs_periods_total{${pod}}`]: steady(600),
  [`container_cpu_cfs_throttled_periods_total{${pod}}`]: steady(600 * share),
});
const evicted = (values: string) => ({
  'kube_pod_status_reason{namespace="support-agents",pod="triage-0",uid="u1",reason="Evicted"}': values,
  'kube_pod_info{namespace="support-agents",pod="triage-0",uid="u1",node="node-3",host_ip="10.0.0.3"}': constant(1),
});
const waiting = (container: string, reason: string) => ({
  [`kube_pod_container_status_waiting_reason{namespace="support-agents",pod="triage-0",container="${container}",reason="${reason}"}`]:
    constant(1),
});
const model =
  'namespace="support-agents",pod="triage-0",gen_ai_provider_name="openai",gen_ai_request_model="gpt-5-mini"';
const modelCalls = (failed: number, error: string) => ({
  [`gen_ai_client_operation_duration_seconds_count{${model}}`]: steady(100 - failed),
  [`gen_ai_client_operation_duration_seconds_count{${model},error_type="${error}"}`]: steady(failed),
});
const toolCalls = (failed: number) => ({
  'mcp_client_operation_duration_seconds_count{namespace="support-agents",pod="triage-0",server_address="tickets-mcp"}':
    steady(100 - failed),
  'mcp_client_operation_duration_seconds_count{namespace="support-agents",pod="triage-0",server_address="tickets-mcp",error_type="tool_error"}':
    steady(failed),
});
const sent = {
  [`dapr_runtime_service_invocation_req_sent_total{${of},dst_app_id="summarizer",type="unary"}`]: steady(100),
};
const answered = (status: string, count: number) => ({
  [`dapr_runtime_service_invocation_res_recv_total{${of},src_app_id="summarizer",status="${status}",type="unary"}`]:
    steady(count),
});
/** Half an hour from one value to the next: each costs an evaluation of every rule. */
const WEEK = { step: 30, span: 8 * 1440 };
const DAY = 1440 / WEEK.step;
const weekly = (values: string) => ({
  'up{namespace="finance",pod="billing-7d9f8c6b5-x2x4z",container="daprd"}': `1+0x${WEEK.span / WEEK.step}`,
  'dapr_http_client_completed_count{app_id="billing",namespace="finance",status="200"}': values,
});
const quiet = `100+0x${WEEK.span / WEEK.step}`;
/** Tokens in half an hour, of seven days and then of the last. */
const tokens = (before: number, after: number) => ({
  [`gen_ai_client_token_usage_sum{${model},gen_ai_token_type="input"}`]: `0+${before}x${7 * DAY} ${(7 * DAY + 1) * before}+${after}x${DAY - 1}`,
});
const days = (story: Story): Story => ({ ...story, pace: WEEK });
const given = (topic: string, count: string) => ({
  [`dapr_component_pubsub_ingress_count{${of},topic="${topic}",process_status="drop"}`]: count,
});

/** Runs of a CronJob, each by when it began and how it ended. */
const runs = (
  ...all: readonly (readonly [job: string, began: number, ended: "failed" | "complete"])[]
): Story["series"] =>
  Object.fromEntries(
    all.flatMap(([job, began, ended]) => {
      const labels = `namespace="search-agents",job_name="${job}"`;
      return [
        [`kube_job_${ended}{${labels},condition="true"}`, constant(1)],
        [`kube_job_status_start_time{${labels}}`, constant(began)],
        [`kube_job_status_failed{${labels},reason="BackoffLimitExceeded"}`, constant(ended === "failed" ? 1 : 0)],
      ];
    }),
  );
const digest = (series: Story["series"], ...firing: string[]): Story => ({
  release: "production/search/digest",
  series,
  firing,
});

/** The objective of support/triage is 2 % of calls failed, so 14.4 × is 28.8 %, 6 × is 12 %, 3 × is 6 %. */
export const stories: readonly (readonly [title: string, story: Story])[] = [
  ["a run failed", digest(runs(["digest-29391040", 1000, "failed"]), "AgentJobFailed warning")],
  [
    "a run failed after one that succeeded",
    digest(runs(["digest-29391040", 1000, "complete"], ["digest-29391100", 2000, "failed"]), "AgentJobFailed warning"),
  ],
  [
    "a run succeeded after one that failed",
    digest(runs(["digest-29391040", 1000, "failed"], ["digest-29391100", 2000, "complete"])),
  ],
  ["a run of an agent with a longer name failed", digest(runs(["digest-b-29391040", 1000, "failed"]))],
  ["1 % of calls fail", triage(calls(1, 99))],
  ["3 % of calls fail", triage(calls(3, 97), "AgentErrorBudgetBurnSlow warning 3d")],
  [
    "10 % of calls fail",
    triage(calls(10, 90), "AgentErrorBudgetBurnSlow warning 1d", "AgentErrorBudgetBurnSlow warning 3d"),
  ],
  [
    "20 % of calls fail",
    triage(
      calls(20, 80),
      "AgentErrorBudgetBurnFast critical 6h",
      "AgentErrorBudgetBurnSlow warning 1d",
      "AgentErrorBudgetBurnSlow warning 3d",
    ),
  ],
  [
    "half of the calls fail",
    triage(
      calls(50, 50),
      "AgentErrorBudgetBurnFast critical 1h",
      "AgentErrorBudgetBurnFast critical 6h",
      "AgentErrorBudgetBurnSlow warning 1d",
      "AgentErrorBudgetBurnSlow warning 3d",
    ),
  ],
  ["nobody calls", triage(calls(0, 0))],
  ["4 % of answers are late", triage(latency(4))],
  ["10 % of answers are late", triage(latency(10), "AgentLatencyHigh warning")],
  ["memory at 80 %", triage(memory(800))],
  ["memory at 95 %", triage(memory(950), "AgentMemoryNearLimit warning")],
  ["killed for memory", triage(killed(pod), "AgentOutOfMemory critical")],
  ["another agent, whose name begins with this one's, was killed for memory", triage(killed(other))],
  ["restarted once", triage({ [`kube_pod_container_status_restarts_total{${pod}}`]: `0x110 1x${TWO_HOURS - 110}` })],
  [
    "restarts every three minutes",
    triage({ [`kube_pod_container_status_restarts_total{${pod}}`]: `0+0.34x${TWO_HOURS}` }, "AgentRestarting critical"),
  ],
  [
    "no pod is ready",
    {
      ...triage({}, "AgentUnavailable critical"),
      series: { 'kube_pod_status_ready{namespace="support-agents",pod="triage-0",condition="true"}': constant(0) },
    },
  ],
  [
    "killed for memory every three minutes",
    triage(
      { ...killed(pod), [`kube_pod_container_status_restarts_total{${pod}}`]: `0+0.34x${TWO_HOURS}` },
      "AgentOutOfMemory critical",
    ),
  ],
  ["half of the replicas", triage(autoscaler(6))],
  ["as many replicas as KEDA may start", triage(autoscaler(12), "AgentScaledObjectAtMax warning")],
  ["as many replicas as the autoscaler may have", billing(hpa(8), "AgentAtMaxReplicas warning")],
  ["one replica fewer", billing(hpa(7))],
  ["each replica has twice what it should take", triage({ ...autoscaler(6), ...load(5) })],
  [
    "each replica has three times what it should take",
    triage({ ...autoscaler(6), ...load(7.5) }, "AgentQueueLag warning"),
  ],
  [
    "each replica has three times what it should take, and there are as many as there may be",
    triage({ ...autoscaler(12), ...load(7.5) }, "AgentScaledObjectAtMax warning"),
  ],
  ["a trigger of KEDA that fails now and then", triage(unread(0.5))],
  ["a trigger of KEDA that fails each time", triage(unread(4), "AgentScalerFailing warning")],
  ["four fifths of the quota are used", billing(quota(160))],
  ["all but a little of the quota is used", billing(quota(190), "AgentQuotaNearlyFull warning")],
  ["throttled in a fifth of its periods", triage(throttled(0.2))],
  ["throttled in half of its periods", triage(throttled(0.5), "AgentCPUThrottled warning")],
  ["evicted half an hour ago", triage(evicted(`_x89 1x${TWO_HOURS - 90}`), "AgentEvicted warning")],
  ["evicted long ago, and still listed", triage(evicted(constant(1)))],
  ["not evicted", triage(evicted(constant(0)))],
  ["the image cannot be pulled", triage(waiting("agent", "ImagePullBackOff"), "AgentImagePullFailed warning")],
  ["the sidecar's image cannot be pulled", triage(waiting("daprd", "ImagePullBackOff"))],
  ["the container is being made", triage(waiting("agent", "ContainerCreating"))],
  ["a Secret is missing", triage(waiting("agent", "CreateContainerConfigError"), "AgentSecretMissing warning")],
  ["5 % of the model's answers are 503", triage(modelCalls(5, "503"))],
  ["a fifth of the model's answers are 503", triage(modelCalls(20, "503"), "AgentModelProviderErrors critical")],
  [
    "a fifth of the calls to the model time out",
    triage(modelCalls(20, "APITimeoutError"), "AgentModelProviderErrors critical"),
  ],
  ["a fifth of the calls to the model are the agent's own mistake", triage(modelCalls(20, "400"))],
  [
    "a fifth of the calls to the model are too many",
    triage(modelCalls(20, "openai.RateLimitError"), "AgentModelRateLimited warning"),
  ],
  ["a twentieth of the model's answers is 429", triage(modelCalls(5, "429"))],
  [
    "three prompts too long for the model, the first ever",
    triage(
      {
        [`gen_ai_client_operation_duration_seconds_count{${model},error_type="context_length_exceeded"}`]: `_x110 3x${TWO_HOURS - 111}`,
      },
      "AgentContextTooLong warning",
    ),
  ],
  [
    "three prompts were too long an hour ago",
    triage({
      [`gen_ai_client_operation_duration_seconds_count{${model},error_type="context_length_exceeded"}`]: `0x60 3x${TWO_HOURS - 61}`,
    }),
  ],
  ["5 % of the tool's calls fail", triage(toolCalls(5))],
  ["a third of the tool's calls fail", triage(toolCalls(33), "AgentToolFailing warning")],
  ["a peer answers", triage({ ...sent, ...answered("200", 95), ...answered("404", 5) })],
  [
    "a peer fails a third of the calls",
    triage({ ...sent, ...answered("200", 67), ...answered("500", 33) }, "AgentPeerFailing warning"),
  ],
  ["a peer never answers", triage(sent, "AgentPeerFailing warning")],
  ["nobody has called for a week", days(billing(weekly(quiet), "AgentIdle warning"))],
  ["somebody called three days ago", days(billing(weekly(`100+0x${5 * DAY} 101+0x${3 * DAY - 1}`)))],
  [
    "one call for the first time, three days ago",
    days(
      billing({
        ...weekly(quiet),
        'dapr_http_client_completed_count{app_id="billing",namespace="finance",status="404"}': `_x${5 * DAY} 1+0x${3 * DAY - 1}`,
      }),
    ),
  ],
  [
    "nobody watched until yesterday",
    days(
      billing({
        ...weekly(quiet),
        'up{namespace="finance",pod="billing-7d9f8c6b5-x2x4z",container="daprd"}': `_x${7 * DAY} 1+0x${DAY}`,
      }),
    ),
  ],
  [
    "three times as many tokens as in the week before",
    days({ ...triage(tokens(30_000, 90_000), "AgentTokenCostHigh warning"), series: tokens(30_000, 90_000) }),
  ],
  ["three times as many tokens, still few", days({ ...triage({}), series: tokens(300, 900) })],
  ["many tokens, as always", days({ ...triage({}), series: tokens(90_000, 90_000) })],
  [
    "a component failed",
    triage(
      {
        [`dapr_runtime_component_init_fail_total{${of},component="state.redis",componentName="triage-state",reason="init"}`]:
          constant(1),
      },
      "AgentDaprComponentFailed critical",
    ),
  ],
  [
    "a component of another tenant's agent of this name failed",
    triage({
      'dapr_runtime_component_init_fail_total{app_id="triage",namespace="finance",component="state.redis"}':
        constant(1),
    }),
  ],
  [
    "a first message was given up",
    triage(given("tickets.created", `_x115 1x${TWO_HOURS - 115}`), "AgentDeadLetters warning"),
  ],
  ["messages go on being given up", triage(given("tickets.created", steady(1)), "AgentDeadLetters warning")],
  ["messages were given up an hour ago", triage(given("tickets.created", `0x60 5x${TWO_HOURS - 60}`))],
  ["messages of a topic without a dead letter topic were dropped", triage(given("tickets.reopened", steady(1)))],
  [
    "half of the gRPC calls fail by the server's fault",
    {
      release: "production/logistics/route-planner",
      series: grpc("Unavailable"),
      firing: [
        "AgentErrorBudgetBurnFast critical 6h",
        "AgentErrorBudgetBurnSlow warning 1d",
        "AgentErrorBudgetBurnSlow warning 3d",
      ],
    },
  ],
  [
    "half of the gRPC calls fail by the caller's fault",
    { release: "production/logistics/route-planner", series: grpc("InvalidArgument"), firing: [] },
  ],
];

function grpc(status: string): Story["series"] {
  const to =
    'app_id="route-planner",namespace="logistics-agents",grpc_client_method="/dapr.proto.runtime.v1.AppCallback/OnInvoke"';
  return {
    [`dapr_grpc_io_client_completed_rpcs{${to},grpc_client_status="${status}"}`]: steady(10),
    [`dapr_grpc_io_client_completed_rpcs{${to},grpc_client_status="OK"}`]: steady(10),
  };
}
