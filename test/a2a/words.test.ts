import { type Message, type Task, TaskState } from "@a2a-js/sdk";
import { expect, test } from "vitest";
import { a2aClient, messageOf, textOf } from "../support/api/a2a-client.ts";
import { branchesOf, TOKENS } from "../support/api/served-fleet.ts";
import { serveWordedFleet } from "../support/api/worded-fleet.ts";

const requestsIn = (bare: string) => branchesOf(bare).filter((branch) => branch.startsWith("raos/request"));
const stateOf = (found: Task | Message) => ("messageId" in found ? undefined : found.status?.state);
const idOf = (found: Task | Message) => ("messageId" in found ? "" : found.id);
const say = (text: string, taskId = "") => messageOf([textOf(text)], { taskId });

test("words are a request: a question waits for its answer, which is the next message of the same task", async () => {
  const { url, bare } = await serveWordedFleet();
  const client = await a2aClient(url, TOKENS.robin);
  const asked = await client.sendMessage(say("create something unclear"));
  const id = idOf(asked);
  expect(asked).toMatchObject({
    id: expect.stringMatching(/^fleet:[0-9a-f]{16}$/),
    status: {
      state: TaskState.TASK_STATE_INPUT_REQUIRED,
      message: { parts: [{ content: { value: { questions: ["Which language?"] } } }, {}] },
    },
  });
  expect(stateOf(await client.getTask({ id, tenant: "" }))).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
  expect(requestsIn(bare)).toEqual([]);
  const triage = await a2aClient(url, TOKENS.triage);
  await expect(triage.sendMessage(say("German", id))).rejects.toThrow(/no such task/);
  expect(await client.sendMessage(say("German", id))).toMatchObject({
    id,
    artifacts: [{ artifactId: "pull-request" }],
  });
  expect(requestsIn(bare)).toHaveLength(1);
  await expect(client.sendMessage(say("French", id))).rejects.toThrow(/is its pull request/);
});

test("a question may be withdrawn", async () => {
  const { url } = await serveWordedFleet();
  const client = await a2aClient(url, TOKENS.robin);
  const id = idOf(await client.sendMessage(say("create something unclear")));
  const canceled = await client.cancelTask({ id, tenant: "", metadata: undefined });
  expect(stateOf(canceled)).toBe(TaskState.TASK_STATE_CANCELED);
  await expect(client.sendMessage(say("German", id))).rejects.toThrow(/no such task/);
});

test("a refused request is a task that is rejected, with the reason", async () => {
  const { url, bare } = await serveWordedFleet();
  const client = await a2aClient(url, TOKENS.robin);
  const refused = await client.sendMessage(say("create something forbidden"));
  expect(refused).toMatchObject({
    status: {
      state: TaskState.TASK_STATE_REJECTED,
      message: { parts: [{ content: { value: { refused: "refused-by-the-model" } } }, {}] },
    },
  });
  expect(await client.getTask({ id: idOf(refused), tenant: "" })).toEqual(refused);
  const triage = await a2aClient(url, TOKENS.triage);
  expect(stateOf(await triage.sendMessage(say("create a helper of mine")))).toBe(TaskState.TASK_STATE_REJECTED);
  expect(requestsIn(bare)).toEqual([]);
});

test.each(["JSONRPC", "HTTP+JSON"] as const)("a stream over %s: submitted, working, then review", async (binding) => {
  const { url } = await serveWordedFleet();
  const client = await a2aClient(url, TOKENS.robin, binding);
  const items = await Array.fromAsync(client.sendMessageStream(say("change acme/triage give it 1Gi of memory")));
  const states = items.flatMap(({ payload }) =>
    payload?.$case === "task" || payload?.$case === "statusUpdate" ? [payload.value.status?.state] : [],
  );
  expect(states).toEqual([
    TaskState.TASK_STATE_SUBMITTED,
    TaskState.TASK_STATE_WORKING,
    TaskState.TASK_STATE_INPUT_REQUIRED,
  ]);
  expect(items.some(({ payload }) => payload?.$case === "artifactUpdate")).toBe(true);
});
