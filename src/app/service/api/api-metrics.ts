import { Counter, Histogram, type Registry } from "prom-client";
import type { PushOutcome } from "../../../a2a/push/deliver.ts";
import { ToolBusy } from "../../../api/context.ts";
import type { ApiTool, ToolResult } from "../../../api/tool.ts";
import type { Json } from "../../../domain/values/scalars.ts";

/** What people and agents ask for, and what they are told. */
export interface ApiMetrics {
  /** The tools, with each call counted and timed. */
  watched(tools: readonly ApiTool[]): readonly ApiTool[];
  pushed(result: PushOutcome): void;
}

const PUSH_RESULTS: readonly PushOutcome[] = ["delivered", "not-delivered"];

/** Creates the metrics. Label values are names of tools and the fixed words of refusals, never a caller's text. */
export function createApiMetrics(registry: Registry): ApiMetrics {
  const registers = [registry];
  const calls = new Counter({
    name: "raos_api_calls_total",
    help: "Calls of tools over MCP and A2A, by tool and by what came of them: done, questions, failed, or the reason of a refusal",
    labelNames: ["tool", "outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "raos_api_call_duration_seconds",
    help: "Calls of tools over MCP and A2A, in seconds; with words, the model's time is in it",
    labelNames: ["tool"],
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120],
    registers,
  });
  const pushes = new Counter({
    name: "raos_push_notifications_total",
    help: "States of tasks that were to be pushed over A2A, by whether they were delivered",
    labelNames: ["result"],
    registers,
  });
  for (const result of PUSH_RESULTS) pushes.inc({ result }, 0);
  const watch = (tool: ApiTool): ApiTool => {
    calls.inc({ tool: tool.name, outcome: "done" }, 0);
    return {
      ...tool,
      async call(input, context) {
        const stopTimer = duration.startTimer({ tool: tool.name });
        let outcome = "failed";
        try {
          const result = await tool.call(input, context);
          outcome = outcomeOf(result);
          return result;
        } catch (error) {
          if (error instanceof ToolBusy) outcome = "busy";
          throw error;
        } finally {
          stopTimer();
          calls.inc({ tool: tool.name, outcome });
        }
      },
    };
  };
  return {
    watched: (tools) => tools.map(watch),
    pushed: (result) => pushes.inc({ result }),
  };
}

function outcomeOf(result: ToolResult<Json>): string {
  return result.kind === "refused" ? result.reason : result.kind;
}
