import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { SendMessageRequest, TaskState } from "@a2a-js/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findTool } from "../../../tools/find.ts";
import type { AgentProcess } from "../../agent/support/agent-process.ts";
import { messageOf } from "../../agent/support/ask-agent.ts";
import { type AskedAgent, startAskedAgent } from "../../agent/support/asked-agent.ts";
import { callMessage } from "../../support/api/a2a-client.ts";
import { startPushReceiver } from "../../support/api/push-receiver.ts";
import { FLEET, serveFleet, TOKENS } from "../../support/api/served-fleet.ts";
import { waitUntil } from "../../support/wait.ts";
import { describeReal } from "../component.ts";

/** What the Python program printed, by step. */
async function stepsOf(
  url: string,
  request: unknown,
  token = "",
  push = "",
): Promise<Readonly<Record<string, unknown>>> {
  const found = findTool("a2a-python");
  const python = found.kind === "found" ? found.path : "";
  const { stdout } = await promisify(execFile)(python, [
    join(import.meta.dirname, "client.py"),
    ...[url, JSON.stringify(request), token, push],
  ]);
  const lines: readonly { readonly step: string; readonly value: unknown }[] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return Object.fromEntries(lines.map(({ step, value }) => [step, value]));
}

describeReal(["a2a-python"], "a2a-sdk for Python", () => {
  let agent: AgentProcess;
  let stop: AskedAgent["stop"] | undefined;
  beforeAll(async () => {
    ({ agent, stop } = await startAskedAgent(({ text }) => ({ kind: "say", text: `You said: ${text}` })));
  }, 60_000);
  afterAll(async () => {
    await stop?.();
  });

  test("reads the stock agent's card, sends, streams and gets a task, over both bindings", {
    timeout: 60_000,
  }, async () => {
    const steps = await stepsOf(agent.url, messageOf("Hello"));
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
  test("reads RAOS' own card, proposes an edit, gets and withdraws its task, and is told of it, over both bindings", {
    timeout: 60_000,
  }, async () => {
    const { url } = await serveFleet(FLEET, { PUSH_HOSTS: "127.0.0.1" });
    const receiver = await startPushReceiver();
    const edit = {
      agent: "acme/triage",
      edits: [{ pointer: "/spec/description", value: "Sorts mail of BINDING", why: "It is about mail." }],
    };
    const request = SendMessageRequest.toJSON(callMessage("propose_edit", edit));
    const steps = await stepsOf(url, request, TOKENS.robin, receiver.url);
    const task = { status: { state: "TASK_STATE_INPUT_REQUIRED" } };
    for (const binding of ["JSONRPC", "HTTP+JSON"]) {
      expect(steps[`${binding} sent`]).toMatchObject([{ task }]);
      expect(steps[`${binding} got`]).toMatchObject(task);
      expect(steps[`${binding} unknown`]).toBe("TaskNotFoundError");
      expect(steps[`${binding} cancel`]).toMatchObject({ status: { state: "TASK_STATE_CANCELED" } });
      const push = { id: "kept", url: `${receiver.url}/${binding}` };
      expect(steps[`${binding} push`]).toEqual({ ...push, taskId: expect.any(String) });
      expect(steps[`${binding} pushes`]).toMatchObject({ configs: [push] });
      expect(steps[`${binding} refused`]).toMatch(/^InvalidParamsError: .*not https/);
      await waitUntil(() => receiver.received.some(({ path }) => path === `/${binding}`));
    }
    const told = receiver.received.map(({ task, headers }) => [
      task?.status?.state,
      headers["x-a2a-notification-token"],
    ]);
    expect(told).toEqual([1, 2].map(() => [TaskState.TASK_STATE_CANCELED, "t0ken"]));
  });
});
