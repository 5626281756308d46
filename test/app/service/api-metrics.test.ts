import { Registry } from "prom-client";
import { expect, test } from "vitest";
import * as z from "zod";
import { ToolBusy } from "../../../src/api/context.ts";
import { type ApiTool, defineTool, refuseCall } from "../../../src/api/tool.ts";
import { createApiMetrics } from "../../../src/app/service/api/api-metrics.ts";
import { mcpClient } from "../../support/api/mcp-client.ts";
import { serveFleet, TOKENS } from "../../support/api/served-fleet.ts";

const CALLER = { kind: "principal", principal: { kind: "person", login: "robin" }, trusted: true } as const;
const CONTEXT = {
  caller: { ...CALLER, scopes: { kind: "unscoped" } },
  repositories: { names: () => [], use: unused, draft: unused },
  begun: () => {},
} as const;

function unused(): never {
  throw new Error("not used");
}

function toolThat(run: ApiTool["call"]): ApiTool {
  const tool = defineTool({
    ...{ name: "look", title: "Look", description: "Looks", scope: "raos:read" },
    ...{ input: z.object({}), output: z.object({}) },
    run: async () => ({ kind: "done", value: {} }),
  });
  return { ...tool, call: run };
}

test("each call is counted by its tool and by what came of it", async () => {
  const registry = new Registry();
  const metrics = createApiMetrics(registry);
  const results: readonly ApiTool["call"][] = [
    async () => ({ kind: "done", value: {} }),
    async () => ({ kind: "done", value: {} }),
    async () => ({ kind: "questions", request: "r", questions: ["which?"] }),
    async () => refuseCall("no-grant", "ask a person"),
    async () => {
      throw new ToolBusy();
    },
    async () => {
      throw new Error("the disk is full");
    },
  ];
  for (const run of results)
    for (const tool of metrics.watched([toolThat(run)])) await tool.call({}, CONTEXT).catch(() => undefined);
  metrics.pushed("delivered");
  expect(linesOf(await registry.metrics())).toEqual([
    'raos_api_call_duration_seconds_count{tool="look"} 6',
    'raos_api_calls_total{tool="look",outcome="busy"} 1',
    'raos_api_calls_total{tool="look",outcome="done"} 2',
    'raos_api_calls_total{tool="look",outcome="failed"} 1',
    'raos_api_calls_total{tool="look",outcome="no-grant"} 1',
    'raos_api_calls_total{tool="look",outcome="questions"} 1',
    'raos_push_notifications_total{result="delivered"} 1',
    'raos_push_notifications_total{result="not-delivered"} 0',
  ]);
});

test("a service counts what its clients call", async () => {
  const { url } = await serveFleet();
  const client = await mcpClient(url, TOKENS.triage);
  await client.call("list_agents", {});
  await client.call("get_agent", { agent: "other/secretive" });
  const lines = linesOf(await (await fetch(`${url}/metrics`)).text());
  expect(lines).toContain('raos_api_calls_total{tool="list_agents",outcome="done"} 1');
  expect(lines).toContain('raos_api_calls_total{tool="get_agent",outcome="unknown-agent"} 1');
  expect(lines).toContain('raos_api_calls_total{tool="create_agent",outcome="done"} 0');
});

/** The samples of the API's metrics, without the histogram's buckets and sums. */
function linesOf(text: string): readonly string[] {
  const isOne = /^raos_(?:api_(?:calls_total|call_duration_seconds_count)|push_notifications_total)\{/;
  return text
    .split("\n")
    .filter((line) => isOne.test(line))
    .toSorted();
}
