import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findTool } from "../../../tools/find.ts";
import { type AgentProcess, agentConfig, startAgent } from "../../agent/support/agent-process.ts";
import { startOpenAI, type TestOpenAI } from "../../servers/openai/server.ts";
import { describeReal } from "../component.ts";
import { temporaryFolder } from "../process/loopback.ts";

/** What the Python program printed, by step. */
async function stepsOf(url: string, token = ""): Promise<Readonly<Record<string, unknown>>> {
  const found = findTool("a2a-python");
  const python = found.kind === "found" ? found.path : "";
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, "client.py"), url, token]);
  const lines: readonly { readonly step: string; readonly value: unknown }[] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return Object.fromEntries(lines.map(({ step, value }) => [step, value]));
}

describeReal(["a2a-python"], "a2a-sdk for Python", () => {
  let openai: TestOpenAI;
  let agent: AgentProcess;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    openai = await startOpenAI(({ text }) => ({ kind: "say", text: `You said: ${text}` }));
    folder = await temporaryFolder();
    agent = await startAgent(folder.path, agentConfig({ endpoint: openai.url }));
  }, 60_000);
  afterAll(async () => {
    await agent?.child.stop();
    await openai?.stop();
    await folder?.remove();
  });

  test("reads the stock agent's card, sends, streams and gets a task, over both bindings", {
    timeout: 60_000,
  }, async () => {
    const steps = await stepsOf(agent.url);
    expect(steps.card).toMatchObject({ name: "answerer" });
    for (const binding of ["JSONRPC", "HTTP+JSON"]) {
      const task = {
        status: { state: "TASK_STATE_COMPLETED" },
        artifacts: [{ parts: [{ text: "You said: Hello" }] }],
      };
      expect(steps[`${binding} sent`]).toMatchObject([{ task }]);
      expect(steps[`${binding} got`]).toMatchObject(task);
      expect(steps[`${binding} unknown`]).toBe("TaskNotFoundError");
      expect(steps[`${binding} cancel`]).toBe("TaskNotCancelableError");
      expect(steps[`${binding} streamed`]).toMatchObject([
        { task: { status: { state: "TASK_STATE_WORKING" } } },
        { artifactUpdate: { artifact: task.artifacts[0] } },
        { statusUpdate: { status: task.status } },
      ]);
    }
  });
});
