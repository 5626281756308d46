import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgentCard, TaskState, verifyAgentCardSignature } from "@a2a-js/sdk";
import { importJWK } from "jose";
import { describe, expect, test } from "vitest";
import { a2aClient, callMessage, dataOf, messageOf, textOf } from "../support/api/a2a-client.ts";
import { closeRequested, mergeRequested } from "../support/api/person.ts";
import { branchesOf, serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const EDIT = {
  agent: "acme/triage",
  edits: [{ pointer: "/spec/description", value: "Sorts mail", why: "It is about mail." }],
};

const requestsIn = (bare: string) => branchesOf(bare).filter((branch) => branch.startsWith("raos/request"));

describe.each(["JSONRPC", "HTTP+JSON"] as const)("over %s", (binding) => {
  test("a message becomes a task that waits for review; it is the pull request, and is completed by its merge", async () => {
    const { url, bare } = await serveFleet();
    const client = await a2aClient(url, TOKENS.robin, binding);
    const sent = await client.sendMessage(callMessage("propose_edit", EDIT, "Make it about mail."));
    const id = "id" in sent ? sent.id : "";
    expect(id).toMatch(/^fleet:[0-9a-f]{16}$/);
    expect(sent).toMatchObject({ contextId: id, status: { state: TaskState.TASK_STATE_INPUT_REQUIRED } });
    expect(dataOf(sent)).toMatchObject([
      { number: 1, state: "open", branch: expect.stringContaining("raos/request/") },
    ]);
    expect(await client.sendMessage(callMessage("propose_edit", EDIT, "Make it about mail."))).toMatchObject({ id });
    expect(requestsIn(bare)).toHaveLength(1);
    expect((await client.listTasks(listOf())).tasks.map((task) => task.id)).toEqual([id]);
    await mergeRequested(bare);
    const stateNow = async () => (await client.getTask({ id, tenant: "" })).status?.state;
    await expect.poll(stateNow, { timeout: 20_000 }).toBe(TaskState.TASK_STATE_COMPLETED);
  });

  test("whoever asked may withdraw it", async () => {
    const { url } = await serveFleet();
    const client = await a2aClient(url, TOKENS.robin, binding);
    const sent = await client.sendMessage(callMessage("propose_edit", EDIT));
    const id = "id" in sent ? sent.id : "";
    expect(await client.cancelTask({ id, tenant: "", metadata: undefined })).toMatchObject({
      status: { state: TaskState.TASK_STATE_CANCELED },
    });
    await expect(client.cancelTask({ id, tenant: "", metadata: undefined })).rejects.toThrow(/not open/);
  });

  test("what there is to read is an answer, a refusal a task that is rejected, and what is not understood a question", async () => {
    const { url, bare } = await serveFleet();
    const client = await a2aClient(url, TOKENS.triage, binding);
    const ask = async (message: Parameters<typeof client.sendMessage>[0]) => dataOf(await client.sendMessage(message));
    expect(await ask(callMessage("list_agents", {}))).toMatchObject([
      { agents: [{ agent: "acme/billing" }, { agent: "acme/triage" }] },
    ]);
    expect(await ask(callMessage("create_agent", { tenant: "acme", name: "child", template: "helper" }))).toMatchObject(
      [{ refused: "no-grant" }],
    );
    expect(await ask(messageOf([textOf("Make me an agent.")]))).toMatchObject([{ question: expect.any(String) }]);
    expect(requestsIn(bare)).toEqual([]);
  });

  test("a stream of a call begins with a task that is submitted, works, and then waits for review", async () => {
    const { url } = await serveFleet();
    const client = await a2aClient(url, TOKENS.robin, binding);
    const items = await Array.fromAsync(client.sendMessageStream(callMessage("propose_edit", EDIT)));
    const states = items.flatMap(({ payload }) =>
      payload?.$case === "task" || payload?.$case === "statusUpdate" ? [payload.value.status?.state] : [],
    );
    const { TASK_STATE_SUBMITTED, TASK_STATE_WORKING, TASK_STATE_INPUT_REQUIRED } = TaskState;
    expect(states).toEqual([TASK_STATE_SUBMITTED, TASK_STATE_WORKING, TASK_STATE_INPUT_REQUIRED]);
    expect(items.map(({ payload }) => payload?.$case)).toEqual([
      "task",
      "statusUpdate",
      "artifactUpdate",
      "statusUpdate",
    ]);
  });

  test("a stream of a task tells that a person closed its pull request, and ends", async () => {
    const { url, bare } = await serveFleet();
    const client = await a2aClient(url, TOKENS.robin, binding);
    const sent = await client.sendMessage(callMessage("propose_edit", EDIT));
    const states: unknown[] = [];
    for await (const { payload } of client.resubscribeTask({ id: "id" in sent ? sent.id : "", tenant: "" })) {
      if (payload?.$case === "task" || payload?.$case === "statusUpdate") states.push(payload.value.status?.state);
      if (states.length === 1) await closeRequested(bare);
    }
    expect(states).toEqual([TaskState.TASK_STATE_INPUT_REQUIRED, TaskState.TASK_STATE_REJECTED]);
  });

  test.each([
    [
      "a file",
      messageOf([{ ...textOf(""), content: { $case: "raw", value: Buffer.from("x") } }]),
      /files are not read/,
    ],
    [
      "a link",
      messageOf([{ ...textOf(""), content: { $case: "url", value: "http://10.0.0.1/" } }]),
      /files are not read/,
    ],
    ["too many words", messageOf([textOf("x".repeat(5000))]), /4000 characters/],
    ["an unknown tool", callMessage("delete_cluster", {}), /no tool delete_cluster/],
    ["a task of its own making", messageOf([textOf("x")], { taskId: "fleet:0123456789abcdef" }), /no such task/],
  ])("%s is refused", async (_, message, words) => {
    const { url, bare } = await serveFleet();
    const client = await a2aClient(url, TOKENS.robin, binding);
    await expect(client.sendMessage(message)).rejects.toThrow(words);
    expect(requestsIn(bare)).toEqual([]);
  });
});

function listOf() {
  return { tenant: "", contextId: "", status: 0, pageToken: "", statusTimestampAfter: undefined };
}

test("what a message says about its sender counts for nothing", async () => {
  const { url } = await serveFleet();
  const client = await a2aClient(url, TOKENS.triage);
  const forged = callMessage("retire_agent", { agent: "acme/billing" });
  const message = forged.message && {
    ...forged.message,
    metadata: { act: { sub: "person:robin" }, from: "person:robin" },
  };
  expect(
    dataOf(await client.sendMessage({ ...forged, message, metadata: { act: { sub: "person:robin" } } })),
  ).toMatchObject([{ refused: "denied", message: expect.stringContaining("not-a-descendant") }]);
});

test("an agent does not see the tasks of others", async () => {
  const { url } = await serveFleet();
  const robin = await a2aClient(url, TOKENS.robin);
  const sent = await robin.sendMessage(callMessage("propose_edit", EDIT));
  const triage = await a2aClient(url, TOKENS.triage);
  await expect(triage.getTask({ id: "id" in sent ? sent.id : "", tenant: "" })).rejects.toThrow(/no such task/);
  expect((await triage.listTasks(listOf())).tasks).toEqual([]);
});

test("a client of another version is told so, and a stranger gets no further than the card", async () => {
  const { url } = await serveFleet();
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "GetTask", params: { id: "x" } });
  const headers = { authorization: `Bearer ${TOKENS.robin}`, "content-type": "application/json", "a2a-version": "9.9" };
  const answered = await (await fetch(`${url}/a2a`, { method: "POST", body, headers })).json();
  expect(answered).toMatchObject({ error: { code: -32009 } });
  expect((await fetch(`${url}/a2a`, { method: "POST", body })).status).toBe(401);
  const card = await fetch(`${url}/.well-known/agent-card.json`);
  expect(await card.json()).toMatchObject({ name: "RAOS", capabilities: { streaming: true } });
});

test("where there is a key, the card is signed, and anybody can check it", async () => {
  const file = join(temporaryFolder(), "key.pem");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }));
  const { url } = await serveFleet(undefined, { CARD_KEY_FILE: file });
  const card = AgentCard.fromJSON(await (await fetch(`${url}/.well-known/agent-card.json`)).json());
  const verify = verifyAgentCardSignature(async (kid, jku) => {
    const { keys } = Object(await (await fetch(jku ?? "")).json());
    const found = Array.isArray(keys) ? keys.find((key) => key.kid === kid) : undefined;
    return Object(await importJWK(found));
  });
  await verify(card);
  await expect(verify({ ...card, description: "Another one" })).rejects.toThrow();
});
