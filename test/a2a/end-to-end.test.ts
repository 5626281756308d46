import { type StreamResponse, TaskState } from "@a2a-js/sdk";
import { expect, test } from "vitest";
import { a2aClient, callMessage, dataOf, messageOf, textOf } from "../support/api/a2a-client.ts";
import { closeRequested, mergeRequested } from "../support/api/person.ts";
import { pushTo, startPushReceiver } from "../support/api/push-receiver.ts";
import { serveRolledOutFleet } from "../support/api/rolled-out-fleet.ts";
import { TOKENS } from "../support/api/served-fleet.ts";
import { waitUntil } from "../support/wait.ts";

const { TASK_STATE_SUBMITTED, TASK_STATE_WORKING, TASK_STATE_INPUT_REQUIRED, TASK_STATE_COMPLETED } = TaskState;
const MEMORY = [{ pointer: "/spec/runtime/resources/limits/memory", value: "1Gi", why: "It runs out of memory." }];
const stateIn = ({ payload }: StreamResponse) =>
  payload?.$case === "task" || payload?.$case === "statusUpdate" ? [payload.value.status?.state] : [];

test("a request in words: a question, its answer, a merge, the roll-out, and its verdict", {
  timeout: 120_000,
}, async () => {
  const receiver = await startPushReceiver();
  const { url, bare, apply, wait } = await serveRolledOutFleet({ PUSH_HOSTS: "127.0.0.1" });
  const client = await a2aClient(url, TOKENS.robin);
  const asked = await client.sendMessage(messageOf([textOf("change acme/triage give it more memory")]));
  const id = "id" in asked ? asked.id : "";
  expect(dataOf(asked)).toEqual([{ questions: ["How much memory?"] }]);
  await client.createTaskPushNotificationConfig(pushTo(receiver.url, { taskId: id }));

  const answered = await client.sendMessage(messageOf([textOf("1Gi")], { taskId: id }));
  expect(answered).toMatchObject({ id, status: { state: TASK_STATE_INPUT_REQUIRED } });
  const followed = Array.fromAsync(client.resubscribeTask({ id, tenant: "" }));
  await mergeRequested(bare);
  await waitUntil(() => receiver.states().at(-1) === TASK_STATE_WORKING && receiver.received.length > 3, 100);
  apply();
  await waitUntil(async () => textIn(await client.getTask({ id, tenant: "" })).includes("verifying"), 500);
  wait(40);
  await waitUntil(() => receiver.states().at(-1) === TASK_STATE_COMPLETED, 100);

  const done = await client.getTask({ id, tenant: "" });
  expect(done.artifacts.map(({ artifactId }) => artifactId)).toEqual(["pull-request", "verdict"]);
  const row = { agent: "acme/triage", environment: "production", state: "running", verdict: "same" };
  expect(dataOf(done)).toMatchObject([
    { number: expect.any(Number), state: "merged" },
    { verdict: "verified", isFinal: true, rows: [row] },
  ]);
  const begun = [TASK_STATE_SUBMITTED, TASK_STATE_WORKING, TASK_STATE_INPUT_REQUIRED];
  expect(receiver.states()).toEqual([...begun, TASK_STATE_WORKING, TASK_STATE_COMPLETED]);
  expect(receiver.received.at(-1)?.task).toEqual(done);
  expect((await followed).flatMap(stateIn)).toEqual([
    TASK_STATE_INPUT_REQUIRED,
    TASK_STATE_WORKING,
    TASK_STATE_COMPLETED,
  ]);
});

test("what runs worse than before is a task that failed, and says why", { timeout: 120_000 }, async () => {
  const { url, bare, apply } = await serveRolledOutFleet();
  const client = await a2aClient(url, TOKENS.robin, "HTTP+JSON");
  const sent = await client.sendMessage(callMessage("propose_edit", { agent: "acme/triage", edits: MEMORY }));
  const id = "id" in sent ? sent.id : "";
  const followed = Array.fromAsync(client.resubscribeTask({ id, tenant: "" }));
  await mergeRequested(bare);
  await waitUntil(async () => stateOf(await client.getTask({ id, tenant: "" })) === TASK_STATE_WORKING, 500);
  apply("there is no such image");
  expect((await followed).flatMap(stateIn)).toEqual([
    TASK_STATE_INPUT_REQUIRED,
    TASK_STATE_WORKING,
    TaskState.TASK_STATE_FAILED,
  ]);
  const failed = await client.getTask({ id, tenant: "" });
  expect(textIn(failed)).toMatch(/runs worse than what was before: acme\/triage in production: .*ImagePullBackOff/);
  expect(dataOf(failed)).toMatchObject([
    { state: "merged" },
    { verdict: "worse", rows: [{ verdict: "worse", reason: expect.stringContaining("there is no such image") }] },
  ]);
});

test("what a person closes is a task that was rejected", { timeout: 60_000 }, async () => {
  const { url, bare } = await serveRolledOutFleet();
  const client = await a2aClient(url, TOKENS.robin);
  const sent = await client.sendMessage(callMessage("propose_edit", { agent: "acme/triage", edits: MEMORY }));
  const id = "id" in sent ? sent.id : "";
  await closeRequested(bare);
  await waitUntil(async () => stateOf(await client.getTask({ id, tenant: "" })) === TaskState.TASK_STATE_REJECTED, 500);
  const rejected = await client.getTask({ id, tenant: "" });
  expect(textIn(rejected)).toMatch(/^A person closed pull request #\d+\.$/);
  expect(rejected.artifacts.map(({ artifactId }) => artifactId)).toEqual(["pull-request"]);
});

type Found = Parameters<typeof dataOf>[0];

function stateOf(found: Found): TaskState | undefined {
  return "messageId" in found ? undefined : found.status?.state;
}

/** The words of a task's status. */
function textIn(found: Found): string {
  const parts = "messageId" in found ? [] : (found.status?.message?.parts ?? []);
  return parts.flatMap(({ content }) => (content?.$case === "text" ? [content.value] : [])).join("\n");
}
