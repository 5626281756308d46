import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../real/process/loopback.ts";
import { startOpenAI } from "../servers/openai/server.ts";
import { startSseMcpServer } from "../servers/sse-mcp.ts";
import { agentConfig, startAgent } from "./support/agent-process.ts";
import { answerIn, messageOf, sendTask } from "./support/ask-agent.ts";

const STDIO = join(import.meta.dirname, "support/stdio-mcp.mjs");

test("a stock agent calls tools of servers over SSE and stdio", { timeout: 60_000 }, async () => {
  const openai = await startOpenAI(
    ({ text, outputs }) =>
      outputs[0] === undefined
        ? { kind: "calls", calls: [{ name: text, arguments: "{}" }] }
        : { kind: "say", text: `It answered: ${outputs[0]}` },
    { strictTools: false },
  );
  const sse = await startSseMcpServer({ look_up: "looked up" });
  const folder = await temporaryFolder();
  const mcpServers = {
    shelf: { type: "sse" as const, url: sse.url },
    scale: { type: "stdio" as const, command: process.execPath, args: [STDIO, "grams"] },
  };
  const agent = await startAgent(folder.path, agentConfig({ endpoint: openai.url, mcpServers }));
  onTestFinished(async () => {
    await agent.child.stop();
    await sse.stop();
    await openai.stop();
    await folder.remove();
  });
  expect(answerIn(await sendTask(agent.url, messageOf("look_up")))).toBe("It answered: looked up");
  expect(answerIn(await sendTask(agent.url, messageOf("weigh")))).toBe("It answered: weighed with grams");
  expect(openai.requests[0]?.asked?.tools.toSorted()).toEqual(["look_up", "weigh"]);
});
