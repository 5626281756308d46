import type { Watched } from "./shapes.ts";

const of = 'app_id="triage",namespace="support"';
const calls = (status: string, values: string) => ({
  [`dapr_http_client_completed_count{${of},status="${status}"}`]: values,
});
const own = 'namespace="support",pod="triage-6c7d9f4b8d-x2k9p"';
const model = (error: string | undefined, values: string, name = "gen_ai_client_operation_duration_seconds_count") => ({
  [`${name}{${own},gen_ai_request_model="gpt-5-mini"${error === undefined ? "" : `,error_type="${error}"`}}`]: values,
});
const tool = (error: string | undefined, values: string) => ({
  [`mcp_client_operation_duration_seconds_count{${own},server_address="tickets"${error === undefined ? "" : `,error_type="${error}"`}}`]:
    values,
});
/** `slow` of `all` answers an hour take 20 s. */
const latency = (all: number, slow: number) => ({
  [`dapr_http_client_roundtrip_latency_bucket{${of},le="5000"}`]: `0+${(all - slow) / 60}x240`,
  [`dapr_http_client_roundtrip_latency_bucket{${of},le="20000"}`]: `0+${all / 60}x240`,
  [`dapr_http_client_roundtrip_latency_bucket{${of},le="+Inf"}`]: `0+${all / 60}x240`,
});
const component =
  'dapr_runtime_component_init_fail_total{app_id="triage",namespace="support",component="state.redis",componentName="triage-state",reason="init"}';
const sidecar = `kube_pod_container_status_restarts_total{${own},container="daprd"}`;
const throttled = (periods: number, share: number) => ({
  [`container_cpu_cfs_periods_total{${own},container="agent"}`]: `0+${periods}x60`,
  [`container_cpu_cfs_throttled_periods_total{${own},container="agent"}`]: `0+${periods * share}x60`,
});

/** Few calls, work once in a while, and sidecars that end before they are scraped. */
export const traffic: readonly (readonly [title: string, watched: Watched])[] = [
  [
    "one of five calls in an hour fails",
    {
      shape: "plain",
      series: { ...calls("200", "1x10 2x10 3x10 4x10 5x100"), ...calls("500", "0x51 1x100") },
      firing: { 55: [], 60: [] },
    },
  ],
  [
    "two of three calls fail, four times a day",
    {
      shape: "plain",
      series: { ...calls("200", "0x60 1x170"), ...calls("500", "0x58 1x5 2x170") },
      firing: { 62: [], 66: [] },
    },
  ],
  [
    "eight of twelve calls in an hour fail",
    {
      shape: "plain",
      series: { ...calls("200", "0+0.0667x240"), ...calls("500", "0+0.1333x240") },
      firing: {
        61: ["AgentErrorBudgetBurnFast", "AgentErrorBudgetBurnSlow"],
        180: ["AgentErrorBudgetBurnFast", "AgentErrorBudgetBurnSlow"],
      },
    },
  ],
  [
    "a batch of a hundred calls, one of which fails",
    {
      shape: "plain",
      series: { ...calls("200", "0x60 0+10x10 100x110"), ...calls("500", "0x64 1x116") },
      firing: { 66: [], 100: [] },
    },
  ],
  ["eight slow answers in an hour", { shape: "plain", series: latency(8, 8), firing: { 120: [] } }],
  ["sixty slow answers in an hour", { shape: "plain", series: latency(60, 60), firing: { 120: ["AgentLatencyHigh"] } }],
  [
    "two calls of a model fail in a quiet hour",
    {
      shape: "plain",
      series: { ...model(undefined, "0+0.1x120"), ...model("503", "0x50 1x12 2x60") },
      firing: { 70: [] },
    },
  ],
  [
    "a model fails one call in five, with few calls",
    {
      shape: "plain",
      series: { ...model(undefined, "0+0.8x120"), ...model("InternalServerError", "0+0.2x120") },
      firing: { 100: ["AgentModelProviderErrors"] },
    },
  ],
  [
    "the same, as OpenTelemetry's JavaScript names it",
    {
      shape: "plain",
      series: {
        ...model(undefined, "0+0.8x120", "gen_ai_client_operation_duration_count"),
        ...model("InternalServerError", "0+0.2x120", "gen_ai_client_operation_duration_count"),
      },
      firing: { 100: ["AgentModelProviderErrors"] },
    },
  ],
  [
    "one call in a hundred fails, counted without its model",
    {
      shape: "plain",
      series: {
        [`gen_ai_client_operation_duration_seconds_count{${own},gen_ai_response_model="gpt-5-mini"}`]: "0+99x120",
        [`gen_ai_client_operation_duration_seconds_count{${own},error_type="InternalServerError"}`]: "0+1x120",
      },
      firing: { 100: [] },
    },
  ],
  [
    "one call in five fails, counted without its model",
    {
      shape: "plain",
      series: {
        [`gen_ai_client_operation_duration_seconds_count{${own},gen_ai_response_model="gpt-5-mini"}`]: "0+8x120",
        [`gen_ai_client_operation_duration_seconds_count{${own},error_type="RateLimitError"}`]: "0+2x120",
      },
      firing: { 100: ["AgentModelRateLimited"] },
    },
  ],
  [
    "every prompt is a bad request",
    { shape: "plain", series: model("BadRequestError", "0+2x60"), firing: { 40: ["AgentContextTooLong"] } },
  ],
  [
    "one call in fifty is a bad request",
    {
      shape: "plain",
      series: { ...model(undefined, "0+98x60"), ...model("openai.BadRequestError", "0+2x60") },
      firing: { 40: [] },
    },
  ],
  [
    "three prompts that are named too long, of many",
    {
      shape: "plain",
      series: { ...model(undefined, "0+98x60"), ...model("ContextWindowExceededError", "_x38 3x30") },
      firing: { 35: [], 40: ["AgentContextTooLong"], 58: [] },
    },
  ],
  [
    "a scrape fails, and old refusals are seen again",
    {
      shape: "plain",
      series: { ...model(undefined, "0+98x60"), ...model("ContextWindowExceededError", "9x20 _x10 9x30") },
      firing: { 32: [], 45: [] },
    },
  ],
  [
    "two calls of a tool fail",
    {
      shape: "plain",
      series: { ...tool(undefined, "0x60"), ...tool("timeout", "0x20 1x10 2x30") },
      firing: { 36: [] },
    },
  ],
  [
    "a tool fails every call",
    {
      shape: "plain",
      series: { ...tool(undefined, "0x60"), ...tool("timeout", "0+0.2x90") },
      firing: { 80: ["AgentToolFailing"] },
    },
  ],
  [
    "a peer does not answer two calls",
    {
      shape: "plain",
      series: { [`dapr_runtime_service_invocation_req_sent_total{${of},dst_app_id="summarizer"}`]: "0x20 1x10 2x30" },
      firing: { 36: [] },
    },
  ],
  [
    "hardly anything to do, and throttled for half of it",
    { shape: "plain", series: throttled(4, 0.5), firing: { 50: [] } },
  ],
  [
    "a component fails: daprd ends, and the count is seen by luck",
    {
      shape: "plain",
      step: 30,
      series: {
        [component]: "_ 1 stale _ _ _ 1 stale _ _ _ _ 1 stale _ _ _ _ _ _",
        [sidecar]: "0 1 1 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5 5 5",
      },
      firing: { 8: ["AgentDaprComponentFailed"] },
    },
  ],
  [
    "a component fails, and no scrape sees the count",
    {
      shape: "plain",
      step: 30,
      series: { [sidecar]: "0 1 1 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5 5 5" },
      firing: { 8: ["AgentRestarting"] },
    },
  ],
  [
    "a component failed once, as the pod started before its store",
    {
      shape: "plain",
      step: 30,
      series: { [component]: "_ 1 stale _x30", [sidecar]: "0 0 1x40" },
      firing: { 8: [], 15: [] },
    },
  ],
];
