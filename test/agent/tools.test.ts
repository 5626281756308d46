import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TaskState } from "@a2a-js/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../real/process/loopback.ts";
import { startOpenAI, type TestOpenAI } from "../servers/openai/server.ts";
import type { Turn } from "../servers/openai/transcript.ts";
import { startToolMcp, type ToolMcpServer } from "../servers/tool-mcp.ts";
import { type AgentProcess, agentConfig, startAgent } from "./support/agent-process.ts";
import { answerIn, messageOf, sendTask } from "./support/ask-agent.ts";

/** The model calls the tool that the last line names, then says what it answered. */
const script = ({ text, outputs }: { readonly text: string; readonly outputs: readonly string[] }): Turn => {
  const [, name = "", given = ""] =
    /^(\w+)\((.*)\)$/.exec(text.split("\n\n").findLast((one) => /\(/.test(one)) ?? "") ?? [];
  const last = outputs.at(-1);
  if (last !== undefined) return { kind: "say", text: `It answered: ${last}` };
  return { kind: "calls", calls: [{ name, arguments: JSON.stringify({ text: given }) }] };
};

describe("the tools of a stock agent", () => {
  let openai: TestOpenAI;
  let mcp: ToolMcpServer;
  let agent: AgentProcess;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    openai = await startOpenAI(script, { strictTools: false });
    mcp = await startToolMcp({
      find: ({ arguments: given }) => `found ${JSON.stringify(given)}`,
      fail: () => {
        throw new Error("no such article");
      },
      destroy: () => "gone",
    });
    folder = await temporaryFolder();
    const tokens = join(folder.path, "raos.dev/tokens");
    await mkdir(tokens, { recursive: true });
    await writeFile(join(tokens, "shop"), "a-token-of-the-serviceaccount\n");
    await writeFile(join(folder.path, "private"), "not for others");
    const headers = {
      Authorization: "${MCP_SHOP__AUTHORIZATION}",
      "X-Token": `Bearer \${file:${tokens}/shop}`,
      "X-Private": `\${file:${folder.path}/private} \${file:${tokens}/../private}`,
    };
    const shop = { type: "http" as const, url: mcp.url, headers };
    const mcpServers = {
      shop: { ...shop, allowedTools: ["find", "fail"] },
      away: { type: "http" as const, url: "http://127.0.0.1:9/mcp" },
      late: { type: "http" as const, url: mcp.url, headers: { "X-Token": `\${file:${tokens}/late}` } },
    };
    const env = { MCP_SHOP__AUTHORIZATION: "Bearer of-this-test" };
    agent = await startAgent(folder.path, agentConfig({ endpoint: openai.url, mcpServers }), env);
  }, 60_000);
  afterAll(async () => {
    await agent?.child.stop();
    await mcp?.stop();
    await openai?.stop();
    await folder?.remove();
  });

  test("are called with the headers of the spec, filled in from the environment", async () => {
    expect(answerIn(await sendTask(agent.url, messageOf("find(tea)")))).toBe('It answered: found {"text":"tea"}');
    expect(mcp.calls.at(-1)?.headers.authorization).toBe("Bearer of-this-test");
    expect(agent.child.log()).not.toContain("of-this-test");
  });

  test("are called with tokens of the ServiceAccount, and with no other file", async () => {
    expect(answerIn(await sendTask(agent.url, messageOf("find(milk)")))).toContain("milk");
    expect(mcp.calls.at(-1)?.headers["x-token"]).toBe("Bearer a-token-of-the-serviceaccount");
    expect(mcp.calls.at(-1)?.headers["x-private"]).toMatch(/^\$\{file:.*\} \$\{file:.*\}$/);
    expect(agent.child.log()).not.toContain("a-token-of-the-serviceaccount");
  });

  test("that fail are said to the model, and counted", async () => {
    expect(answerIn(await sendTask(agent.url, messageOf("fail(x)")))).toContain("no such article");
    const metrics = await (await fetch(`${agent.url}/metrics`)).text();
    expect(metrics).toMatch(/mcp_client_operation_duration_seconds_count\{.*error_type="tool_error"\} 1/);
  });

  test("that the spec does not allow are not there", async () => {
    const task = await sendTask(agent.url, messageOf("destroy(all)"));
    expect(mcp.calls.map(({ tool }) => tool)).not.toContain("destroy");
    expect(task.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
  });

  test("of a server that is away do not stop the others; the model is told", () => {
    expect(openai.requests[0]?.asked?.instructions).toContain("The tools of away, late are unavailable now.");
    expect(openai.requests[0]?.asked?.tools).toEqual(["find", "fail"]);
  });
});
