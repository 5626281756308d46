import { type SendMessageRequest, TaskState } from "@a2a-js/sdk";
import { describe, expect, test } from "vitest";
import { git } from "../../adversary/fleet.ts";
import { a2aClient, callMessage, dataOf, messageOf, textOf } from "../../support/api/a2a-client.ts";
import { grantOf, HELPER } from "../../support/api/granted-fleet.ts";
import { closeRequested, deleteFile, mergeRequested } from "../../support/api/person.ts";
import { pushTo, startPushReceiver } from "../../support/api/push-receiver.ts";
import { branchesOf, FLEET, serveFleet, TOKENS } from "../../support/api/served-fleet.ts";
import { serveWordedFleet } from "../../support/api/worded-fleet.ts";
import { triage } from "../../support/specs/acme-fleet.ts";
import { waitUntil } from "../../support/wait.ts";

const { TASK_STATE_SUBMITTED, TASK_STATE_WORKING, TASK_STATE_INPUT_REQUIRED, TASK_STATE_COMPLETED } = TaskState;
const BEGUN = [TASK_STATE_SUBMITTED, TASK_STATE_WORKING, TASK_STATE_INPUT_REQUIRED];
const EDIT = {
  agent: "acme/triage",
  edits: [{ pointer: "/spec/description", value: "Sorts mail", why: "It is about mail." }],
};
const ALLOWED = { PUSH_HOSTS: "127.0.0.1" };

/** A message whose task is to be told to an address. */
function told(request: SendMessageRequest, url: string, token = "t0ken"): SendMessageRequest {
  const taskPushNotificationConfig = pushTo(url, {
    token,
    authentication: { scheme: "Bearer", credentials: "s3cret" },
  });
  return {
    ...request,
    configuration: {
      ...{ acceptedOutputModes: [], historyLength: 0, returnImmediately: false },
      taskPushNotificationConfig,
    },
  };
}
const requestsIn = (bare: string) => branchesOf(bare).filter((branch) => branch.startsWith("raos/request"));

describe.each(["JSONRPC", "HTTP+JSON"] as const)("over %s", { timeout: 40_000 }, (binding) => {
  test("a message's receiver is told of its task until a person merges it, with its token", async () => {
    const receiver = await startPushReceiver();
    const { url, bare, log } = await serveFleet(FLEET, ALLOWED);
    const client = await a2aClient(url, TOKENS.robin, binding);
    const sent = await client.sendMessage(told(callMessage("propose_edit", EDIT), `${receiver.url}/hook`));
    await waitUntil(() => receiver.received.length === 3);
    expect(receiver.states()).toEqual(BEGUN);
    await mergeRequested(bare);
    await waitUntil(() => receiver.received.length === 4, 100);
    const last = receiver.received[3];
    expect(last?.task).toMatchObject({ id: "id" in sent ? sent.id : "", status: { state: TASK_STATE_COMPLETED } });
    expect(last?.task === undefined ? [] : dataOf(last.task)).toMatchObject([{ number: 1, state: "merged" }]);
    expect(last?.headers).toMatchObject({
      ...{ "x-a2a-notification-token": "t0ken", authorization: "Bearer s3cret" },
      ...{ "content-type": "application/a2a+json" },
    });
    expect((await client.listTaskPushNotificationConfig(ofTask(last?.task?.id ?? ""))).configs).toEqual([]);
    expect(JSON.stringify(log)).not.toMatch(/t0ken|s3cret/);
    expect(git(bare, ["log", "--all", "--format=%B"])).not.toMatch(/t0ken|s3cret|127\.0\.0\.1/);
  });

  test("a task's owner sets, lists, reads and deletes push notifications, and sees no secret; others see none", async () => {
    const receiver = await startPushReceiver();
    const { url, bare } = await serveFleet(FLEET, ALLOWED);
    const client = await a2aClient(url, TOKENS.robin, binding);
    const sent = await client.sendMessage(callMessage("propose_edit", EDIT));
    const taskId = "id" in sent ? sent.id : "";
    const authentication = { scheme: "Bearer", credentials: "s3cret" };
    const asked = pushTo(receiver.url, { id: "mine", taskId, token: "t0ken", authentication });
    const shown = { ...asked, token: "", authentication: { scheme: "Bearer", credentials: "" } };
    expect(await client.createTaskPushNotificationConfig(asked)).toEqual(shown);
    expect(await client.getTaskPushNotificationConfig({ taskId, id: "mine", tenant: "" })).toEqual(shown);
    expect((await client.listTaskPushNotificationConfig(ofTask(taskId))).configs).toEqual([shown]);
    const other = await a2aClient(url, TOKENS.triage, binding);
    await expect(other.createTaskPushNotificationConfig(asked)).rejects.toThrow(/no such task/);
    await expect(other.getTaskPushNotificationConfig({ taskId, id: "mine", tenant: "" })).rejects.toThrow(/no such/);
    await client.createTaskPushNotificationConfig({ ...asked, id: "second" });
    await client.deleteTaskPushNotificationConfig({ taskId, id: "mine", tenant: "" });
    expect((await client.listTaskPushNotificationConfig(ofTask(taskId))).configs.map(({ id }) => id)).toEqual([
      "second",
    ]);
    await closeRequested(bare);
    await waitUntil(() => receiver.received.length === 1, 100);
    expect(receiver.states()).toEqual([TaskState.TASK_STATE_REJECTED]);
    await expect(client.createTaskPushNotificationConfig(asked)).rejects.toThrow(/has ended/);
  });

  test.each([
    ["http://169.254.169.254/latest/meta-data", /not https/],
    ["http://[::ffff:127.0.0.1]/", /not https/],
    ["https://[::ffff:127.0.0.1]/", /public addresses/],
    ["https://10.0.0.1/", /public addresses/],
    ["https://user:pass@hooks.acme.example/", /a user or a password/],
  ])("a message that names %s is refused, and nothing is written", async (target, words) => {
    const { url, bare } = await serveFleet(FLEET, ALLOWED);
    const client = await a2aClient(url, TOKENS.robin, binding);
    await expect(client.sendMessage(told(callMessage("propose_edit", EDIT), target))).rejects.toThrow(words);
    expect(requestsIn(bare)).toEqual([]);
  });
});

function ofTask(taskId: string) {
  return { taskId, tenant: "", pageSize: 0, pageToken: "" };
}

test("words: the receiver is told of the question, and of the pull request that the answer leads to", async () => {
  const receiver = await startPushReceiver();
  const { url } = await serveWordedFleet({}, ALLOWED);
  const client = await a2aClient(url, TOKENS.robin);
  const asked = await client.sendMessage(told(messageOf([textOf("create something unclear")]), receiver.url));
  await waitUntil(() => receiver.received.length === 3);
  expect(receiver.received[2]?.task?.status?.message?.parts[0]).toMatchObject({
    content: { value: { questions: ["Which language?"] } },
  });
  await client.sendMessage(messageOf([textOf("German")], { taskId: "id" in asked ? asked.id : "" }));
  await waitUntil(() => receiver.received.length === 6);
  expect(receiver.states()).toEqual([...BEGUN, ...BEGUN]);
  expect(receiver.received[5]?.task?.artifacts).toMatchObject([{ artifactId: "pull-request" }]);
});

test("a message that does not wait is answered at once, and its receiver is told what came of it", async () => {
  const receiver = await startPushReceiver();
  const { url, openai } = await serveWordedFleet({}, ALLOWED);
  const client = await a2aClient(url, TOKENS.robin);
  const request = told(messageOf([textOf("create a greeter that greets in German")]), receiver.url);
  const configuration = request.configuration && { ...request.configuration, returnImmediately: true };
  const asked = openai.requests.length;
  const sent = await client.sendMessage({ ...request, configuration });
  expect(sent).toMatchObject({ status: { state: TASK_STATE_SUBMITTED } });
  await waitUntil(() => receiver.received.length === 3);
  expect(receiver.states()).toEqual(BEGUN);
  expect(openai.requests.length).toBe(asked + 1);
  const id = "id" in sent ? sent.id : "";
  expect(await client.getTask({ id, tenant: "" })).toMatchObject({ status: { state: TASK_STATE_INPUT_REQUIRED } });
});

test("that no model answers is told, too, with the reason", async () => {
  const receiver = await startPushReceiver();
  const { url, openai } = await serveWordedFleet({}, ALLOWED);
  await openai.stop();
  const client = await a2aClient(url, TOKENS.robin);
  await client.sendMessage(told(messageOf([textOf("create a greeter that greets in German")]), receiver.url));
  await waitUntil(() => receiver.received.length === 3);
  expect(receiver.states()).toEqual([TASK_STATE_SUBMITTED, TASK_STATE_WORKING, TaskState.TASK_STATE_FAILED]);
  const [said] = receiver.received.flatMap(({ task }) => (task === undefined ? [] : dataOf(task)));
  expect(said).toEqual({ refused: "model-unreachable", message: "the model gave no answer (unreachable)" });
});

test("an agent that is deleted is told nothing any more", { timeout: 60_000 }, async () => {
  const receiver = await startPushReceiver();
  const supervision = grantOf({ max: 2, perDay: 100 });
  const files = {
    ...FLEET,
    "agents/acme/triage.yaml": triage({ limits: "{dollarsPerDay: 5}", supervision }),
    "templates/helper.yaml": HELPER,
  };
  const { url, bare, log } = await serveFleet(files, ALLOWED);
  const client = await a2aClient(url, TOKENS.triage);
  const child = callMessage("create_agent", { tenant: "acme", name: "child", template: "helper" });
  await client.sendMessage(told(child, receiver.url));
  await waitUntil(() => receiver.received.length === 3);
  deleteFile(bare, "agents/acme/triage.yaml");
  await waitUntil(() => log.some(({ msg }) => msg === "a push notification has ended"), 100);
  await mergeRequested(bare);
  expect(receiver.states()).toEqual(BEGUN);
});
