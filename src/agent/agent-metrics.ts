import { Counter, Gauge, Histogram, Registry } from "prom-client";

/**
 * What the agent counts, by OpenTelemetry's semantic conventions for GenAI and MCP clients in Prometheus' spelling
 * (opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics, …/mcp): the generated alerts and dashboard read these names.
 */
export interface AgentMetrics {
  readonly registry: Registry;
  modelCall(call: {
    readonly provider: string;
    readonly model: string;
    readonly seconds: number;
    readonly error: string | undefined;
  }): void;
  tokens(use: {
    readonly provider: string;
    readonly model: string;
    readonly input: number;
    readonly output: number;
  }): void;
  toolCall(call: {
    readonly server: string;
    readonly tool: string;
    readonly seconds: number;
    readonly error: string | undefined;
  }): void;
  /** A task ended; the outcome is one word of a fixed set. */
  taskEnded(source: string, outcome: string): void;
}

/** Bounds of the conventions. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

export function createAgentMetrics(running: () => number): AgentMetrics {
  const registry = new Registry();
  const registers = [registry];
  const duration = new Histogram({
    name: "gen_ai_client_operation_duration_seconds",
    help: "Calls of the model",
    labelNames: ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "error_type"],
    buckets: SECONDS,
    registers,
  });
  const usage = new Histogram({
    name: "gen_ai_client_token_usage",
    help: "Tokens of calls of the model",
    labelNames: ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "gen_ai_token_type"],
    buckets: TOKENS,
    registers,
  });
  const tools = new Histogram({
    name: "mcp_client_operation_duration_seconds",
    help: "Calls of tools of MCP servers",
    labelNames: ["mcp_method_name", "gen_ai_tool_name", "server_address", "error_type"],
    buckets: SECONDS,
    registers,
  });
  const tasks = new Counter({
    name: "raos_agent_tasks_total",
    help: "Tasks that ended, by where they came from and what became of them",
    labelNames: ["source", "outcome"],
    registers,
  });
  new Gauge({
    name: "raos_agent_tasks_running",
    help: "Tasks that run",
    registers,
    collect() {
      this.set(running());
    },
  });
  return {
    registry,
    modelCall({ provider, model, seconds, error }) {
      const labels = { gen_ai_operation_name: "chat", gen_ai_provider_name: provider, gen_ai_request_model: model };
      duration.observe({ ...labels, ...(error === undefined ? {} : { error_type: error }) }, seconds);
    },
    tokens({ provider, model, input, output }) {
      const labels = { gen_ai_operation_name: "chat", gen_ai_provider_name: provider, gen_ai_request_model: model };
      usage.observe({ ...labels, gen_ai_token_type: "input" }, input);
      usage.observe({ ...labels, gen_ai_token_type: "output" }, output);
    },
    toolCall({ server, tool, seconds, error }) {
      const labels = { mcp_method_name: "tools/call", gen_ai_tool_name: tool, server_address: server };
      tools.observe({ ...labels, ...(error === undefined ? {} : { error_type: error }) }, seconds);
    },
    taskEnded: (source, outcome) => tasks.inc({ source, outcome }),
  };
}
