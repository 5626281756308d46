import { TaskState } from "@a2a-js/sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AgentConfig } from "../../src/domain/agent/agent-config.ts";
import { temporaryFolder } from "../real/process/loopback.ts";
import { startOpenAI } from "../servers/openai/server.ts";
import type { Turn } from "../servers/openai/transcript.ts";
import { startToolMcp } from "../servers/tool-mcp.ts";
import { agentConfig, startAgent } from "./support/agent-process.ts";
import { messageOf, sendTask } from "./support/ask-agent.ts";

const looking: Turn = {
  kind: "calls",
  calls: [{ name: "find", arguments: '{"text":"x"}' }],
  usage: { input: 900, output: 100 },
};
const saying: Turn = { kind: "say", text: "Hello", usage: { input: 900_000, output: 100 } };

describe("a limit of the spec ends a task with a reason of one word", () => {
  const limits = { turns: 20, tokens: 200_000, seconds: 60, dollarsPerDay: 10 };
  test.each<[reason: string, own: Partial<AgentConfig["limits"]>, turn: Turn, tasks: number]>([
    ["turns", { turns: 3 }, looking, 1],
    ["tokens", { tokens: 3000 }, looking, 1],
    ["seconds", { seconds: 1 }, { kind: "hang" }, 1],
    // The first task goes over it, the second is not begun.
    ["dollars", { dollarsPerDay: 0.2 }, saying, 2],
    ["unauthorized", {}, { kind: "error", status: 401 }, 1],
  ])("%s", { timeout: 60_000 }, async (reason, own, turn, tasks) => {
    const openai = await startOpenAI(() => turn, { strictTools: false });
    const mcp = await startToolMcp({ find: () => "found" });
    const folder = await temporaryFolder();
    const mcpServers = { shop: { type: "http" as const, url: mcp.url } };
    const config = agentConfig({ endpoint: openai.url, mcpServers, limits: { ...limits, ...own } });
    const agent = await startAgent(folder.path, config);
    onTestFinished(async () => {
      await agent.child.stop();
      await mcp.stop();
      await openai.stop();
      await folder.remove();
    });
    for (let before = 1; before < tasks; before += 1) await sendTask(agent.url, messageOf("Hello"));
    const asked = openai.requests.length;
    const task = await sendTask(agent.url, messageOf("Hello"));
    expect(task.status?.state).toBe(TaskState.TASK_STATE_FAILED);
    const metrics = await (await fetch(`${agent.url}/metrics`)).text();
    expect(metrics).toContain(`raos_agent_tasks_total{source="a2a",outcome="${reason}"} 1`);
    expect(openai.requests.length - asked).toBeLessThanOrEqual(3);
  });
});
