import { TaskState } from "@a2a-js/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerIn, callA2a, endedTask, messageOf, sendTask } from "../../agent/support/ask-agent.ts";
import { KEY, startOpenAI, type TestOpenAI } from "../../servers/openai/server.ts";
import type { Asked, Turn } from "../../servers/openai/transcript.ts";
import { postRaw } from "../../servers/post-raw.ts";
import { startToolMcp, type ToolMcpServer } from "../../servers/tool-mcp.ts";
import { describeReal } from "../component.ts";
import { type Redis, startRedis } from "../dapr/redis.ts";
import { type RunningSidecar, startSidecar } from "../dapr/running-sidecar.ts";
import { type Sentry, startSentry } from "../dapr/sentry.ts";
import { freePorts } from "../process/loopback.ts";
import { type CustomAgent, startCustomAgent } from "./custom-agent.ts";
import { daprOf, type Pod, startPod } from "./pod.ts";
import { stockFleet } from "./stock-fleet.ts";

const call = (name: string, given: object): Turn => ({
  kind: "calls",
  calls: [{ name, arguments: JSON.stringify(given) }],
});

/** The model of all: it does what the last message says, then says what came of it. */
function script(asked: Asked): Turn {
  const last = asked.outputs.at(-1);
  const [, verb, rest = ""] = /^(book|refund|ask clerk|ask custom) ?(.*)$/m.exec(asked.text) ?? [];
  if (last !== undefined) return { kind: "say", text: `Done: ${last}` };
  if (asked.text.startsWith("A message of the topic")) return call("book", { text: asked.text.split("\n\n")[1] ?? "" });
  if (verb === "book" || verb === "refund") return call(verb, { text: rest });
  if (verb === "ask clerk") return call("ask_clerk", { message: rest });
  if (verb === "ask custom") return call("ask_custom", { message: rest });
  return { kind: "say", text: "Hello" };
}

describeReal(["daprd", "dapr-sentry", "redis-server", "helm"], "two stock agents and one of another make", () => {
  let openai: TestOpenAI;
  let ledger: ToolMcpServer;
  let redis: Redis;
  let sentry: Sentry;
  let custom: CustomAgent;
  let front: Pod;
  let clerk: Pod;
  let beside: RunningSidecar;
  let stranger: RunningSidecar;
  let desk: RunningSidecar;
  let letGo = () => {};
  const booked = (text: string) => ledger.calls.filter((seen) => JSON.stringify(seen.arguments).includes(text));
  const invoke = (sidecar: RunningSidecar, appId: string) => `${sidecar.url}/v1.0/invoke/${appId}/method/`;

  beforeAll(async () => {
    openai = await startOpenAI(script, { strictTools: false });
    ledger = await startToolMcp({
      // The first of each slow booking hangs until it is let go.
      book: async (seen, before) => {
        if (/slow/.test(JSON.stringify(seen.arguments)) && booked(textIn(seen.arguments)).length === 1)
          await new Promise<void>((done) => {
            letGo = done;
          });
        return `booked as number ${before}`;
      },
      refund: () => "refunded",
      destroy: () => "destroyed",
    });
    redis = await startRedis();
    sentry = await startSentry("public");
    custom = await startCustomAgent();
    const [frontPort = 0, clerkPort = 0] = await freePorts(2);
    const fleet = await stockFleet({
      ...{ model: openai.url, ledger: ledger.url, redis: redis.host, front: frontPort, clerk: clerkPort },
    });
    const secrets = { llm: { key: KEY }, ledger: { token: "Bearer of-this-test" } };
    const pod = (name: string) => startPod({ name, objects: fleet.get(name) ?? [], sentry, secrets });
    front = await pod("front");
    clerk = await pod("clerk");
    const dapr = daprOf("custom", fleet.get("custom") ?? []);
    beside = await startSidecar({ ...dapr, sentry, appPort: custom.port });
    stranger = await startSidecar({ ...dapr, appId: "stranger", resources: [], sentry });
    desk = await startSidecar({ ...dapr, appId: "desk", resources: [], sentry });
  }, 180_000);

  afterAll(async () => {
    letGo();
    for (const one of [front, clerk, beside, stranger, desk, custom, redis, sentry, ledger, openai]) await one?.stop();
  });

  test("an agent asks another through their sidecars, which uses its tool", { timeout: 60_000 }, async () => {
    const task = await sendTask(invoke(beside, "front"), messageOf("ask clerk book tea"));
    expect(answerIn(task)).toMatch(/^Done: Done: booked as number \d+$/);
    const [seen] = booked("tea");
    expect(seen?.headers.authorization).toBe("Bearer of-this-test");
    expect(seen?.idempotencyKey).toMatch(/^[0-9a-f-]{36}\/call_/);
    const rest = `${invoke(beside, "front")}tasks/${task.id}`;
    expect((await fetch(rest)).status).toBe(200);
    expect((await fetch(`${rest}:cancel`, { method: "POST", body: "{}" })).status).toBe(400);
  });

  test("it asks an agent of another make", { timeout: 60_000 }, async () => {
    const task = await sendTask(invoke(beside, "front"), messageOf("ask custom hello"));
    expect(answerIn(task)).toBe("Done: Custom heard: hello");
    expect(custom.messages).toEqual(["hello"]);
  });

  test("a caller that no spec declares is refused by the generated access control", async () => {
    const before = openai.requests.length;
    for (const appId of ["front", "clerk"]) {
      const { status } = await callA2a(invoke(stranger, appId), "SendMessage", messageOf("book nothing"));
      expect(status).toBe(403);
    }
    // The one of another make is a declared caller of the front alone.
    expect((await callA2a(invoke(beside, "clerk"), "SendMessage", messageOf("book nothing"))).status).toBe(403);
    expect(openai.requests.length).toBe(before);
  });

  test("a message of a topic becomes a task, and one that comes twice becomes one", { timeout: 60_000 }, async () => {
    const publish = () =>
      fetch(`${clerk.sidecar.url}/v1.0/publish/clerk-pubsub/orders?metadata.rawPayload=false`, {
        method: "POST",
        headers: { "content-type": "application/cloudevents+json" },
        body: JSON.stringify({ specversion: "1.0", type: "order", source: "web", id: "order-7", data: "order 7" }),
      });
    expect((await publish()).status).toBe(204);
    expect((await publish()).status).toBe(204);
    await expect.poll(() => booked("order 7").length, { timeout: 20_000 }).toBe(1);
    await new Promise((done) => setTimeout(done, 1000));
    expect(booked("order 7")).toHaveLength(1);
  });

  test.each([
    "orders",
    "%6frders",
    "/orders",
    "x/../orders",
    "orders?x=1",
    "orders%3Fx",
    "ORDERS",
    "tasks/../orders",
    "tasks/%2e%2e/orders",
    "job/nightly",
    "tasks/..%2Fjob/nightly",
  ])("another agent cannot pass for a topic or a job by %s, with its name or without", async (path) => {
    const before = openai.requests.length;
    const event = JSON.stringify({ specversion: "1.0", type: "order", source: "web", id: path, data: "forged" });
    for (const headers of [{}, { connection: "dapr-caller-app-id, dapr-caller-namespace" }]) {
      const { status } = await postRaw(`${front.sidecar.url}/v1.0/invoke/clerk/method/${path}`, headers, event);
      expect(status, path).toBeGreaterThanOrEqual(400);
    }
    await new Promise((done) => setTimeout(done, 300));
    expect(openai.requests.length).toBe(before);
  });

  test("a caller that hides its name, or adds another's, is refused", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "SendMessage", params: messageOf("book nothing") });
    const version = { "a2a-version": "1.0", "content-type": "application/json" };
    for (const headers of [
      { connection: "dapr-caller-app-id, dapr-caller-namespace" },
      { connection: "dapr-caller-app-id", "dapr-caller-app-id": "desk" },
      { "dapr-caller-app-id": "desk", "dapr-caller-namespace": "shop-agents" },
    ])
      expect((await postRaw(invoke(front.sidecar, "clerk"), { ...version, ...headers }, body)).status).toBe(403);
    expect(booked("nothing")).toEqual([]);
  });

  test("a tool that needs approval waits for a person, over a restart; whoever asked cannot approve", {
    timeout: 60_000,
  }, async () => {
    const url = invoke(front.sidecar, "clerk");
    const waiting = await sendTask(url, messageOf("refund 7 euros"));
    expect(waiting.status?.state).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
    expect(answerIn(waiting)).toContain('refund({"text":"7 euros"})');
    const own = await callA2a(url, "SendMessage", messageOf("approve", { taskId: waiting.id }));
    expect(own.body.error?.data).toEqual([expect.objectContaining({ metadata: { reason: "not-an-approver" } })]);
    const person = invoke(desk, "clerk");
    const unsure = await sendTask(person, messageOf("what?", { taskId: waiting.id }));
    expect(unsure.status?.state).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
    await clerk.crash();
    await clerk.restart();
    expect(ledger.calls.filter(({ tool }) => tool === "refund")).toEqual([]);
    const answered = await sendTask(person, messageOf("approve", { taskId: waiting.id }));
    expect(answerIn(answered)).toBe("Done: refunded");
    expect(answerIn(await endedTask(url, waiting.id))).toBe("Done: refunded");
    expect(clerk.agent().log()).toMatch(/"by":"desk\.shop-agents","approved":true,"msg":"approval answered"/);
    const again = await sendTask(url, messageOf("refund 8 euros"));
    const refused = await sendTask(person, messageOf("reject: too much", { taskId: again.id }));
    expect(answerIn(refused)).toContain("too much");
    expect(ledger.calls.filter(({ tool }) => tool === "refund")).toHaveLength(1);
  });

  test("kill -9 in the middle of a tool's call loses no task, and asks the model nothing twice", {
    timeout: 120_000,
  }, async () => {
    const before = openai.requests.length;
    const sent = sendTask(invoke(beside, "front"), messageOf("ask clerk book slow coffee"));
    await expect.poll(() => booked("slow coffee").length, { timeout: 20_000 }).toBe(1);
    await clerk.crash();
    await clerk.restart();
    expect(answerIn(await sent)).toMatch(/^Done: Done: booked as number \d+$/);
    // The call that had not answered is made again, under the same key: the server can tell.
    const [first, second] = booked("slow coffee");
    expect(booked("slow coffee")).toHaveLength(2);
    expect(second?.idempotencyKey).toBe(first?.idempotencyKey);
    expect(openai.requests.length - before).toBe(4);
  });

  test("an agent that is killed while it waits for another looks at its task, and sends no second one", {
    timeout: 120_000,
  }, async () => {
    const { body } = await callA2a(invoke(beside, "front"), "SendMessage", {
      ...messageOf("ask clerk book slow cake"),
      configuration: { returnImmediately: true },
    });
    const id = /"id":"([^"]+)"/.exec(JSON.stringify(body.result?.task))?.[1] ?? "";
    await expect.poll(() => booked("slow cake").length, { timeout: 20_000 }).toBe(1);
    await front.crash();
    await front.restart();
    letGo();
    expect(answerIn(await endedTask(invoke(beside, "front"), id))).toMatch(/^Done: Done: booked as number \d+$/);
    expect(booked("slow cake")).toHaveLength(1);
  });

  test("leaves with what it does on SIGTERM, and counts what it did", { timeout: 60_000 }, async () => {
    const exposed = await (await fetch(`${clerk.url}/metrics`)).text();
    expect(exposed).toMatch(/gen_ai_client_operation_duration_seconds_count\{.*gen_ai_provider_name="openai".*\} \d+/);
    expect(exposed).toMatch(/mcp_client_operation_duration_seconds_count\{.*server_address="127.0.0.1".*\} \d+/);
    await clerk.agent().stop();
    expect(clerk.agent().log()).toContain("agent ends");
    await clerk.restart();
  });
});

function textIn(given: unknown): string {
  return typeof given === "object" && given !== null && "text" in given ? String(given.text) : "";
}
