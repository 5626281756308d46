import { TaskState } from "@a2a-js/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestOpenAI } from "../servers/openai/server.ts";
import { postRaw } from "../servers/post-raw.ts";
import type { AgentProcess } from "./support/agent-process.ts";
import { callA2a, calledBy, endedTask, messageOf } from "./support/ask-agent.ts";
import { type AskedAgent, startAskedAgent } from "./support/asked-agent.ts";

const JSON_TYPE = { "content-type": "application/json" };

describe("what a sidecar posts to a stock agent", () => {
  let openai: TestOpenAI;
  let agent: AgentProcess;
  let stop: AskedAgent["stop"] | undefined;
  const asked = () => openai.requests.map((request) => request.asked?.text ?? "");
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, from?: string) =>
    postRaw(`${agent.url}${path}`, { ...JSON_TYPE, ...headers }, JSON.stringify(body), from);
  beforeAll(async () => {
    ({ openai, agent, stop } = await startAskedAgent(
      ({ text }) => (/hang/.test(text) ? { kind: "hang" } : { kind: "say", text: "Done" }),
      { dapr: { routes: ["/orders"] } },
    ));
  }, 60_000);
  afterAll(async () => {
    await stop?.();
  });

  test("a job becomes a task that says its name and its data", async () => {
    expect((await post("/job/nightly", { value: { day: 7 } })).status).toBe(200);
    await expect.poll(asked).toContain('The job nightly is due.\n\n{"day":7}');
  });

  test("messages in bulk are answered one by one; one that cannot be read is dropped, one that comes twice is one task", async () => {
    const event = { id: "7", source: "web", topic: "orders", data: "order 7" };
    const entries = [
      { entryId: "a", event },
      { entryId: "b", event: "no event" },
      { entryId: "c", event },
    ];
    const { text } = await post("/orders", { entries });
    expect(JSON.parse(text)).toEqual({
      statuses: [
        { entryId: "a", status: "SUCCESS" },
        { entryId: "b", status: "DROP" },
        { entryId: "c", status: "SUCCESS" },
      ],
    });
    await expect.poll(() => asked().filter((one) => one.includes("order 7"))).toHaveLength(1);
  });

  test.each([
    ["another agent", calledBy("front"), undefined],
    ["somebody past the sidecar", {}, "127.0.0.2"],
  ])("from %s, messages and jobs are refused", async (_who, headers, from) => {
    const before = openai.requests.length;
    for (const path of ["/orders", "/job/nightly"])
      expect((await post(path, { id: "8", data: "x" }, headers, from)).status).toBe(403);
    expect(openai.requests.length).toBe(before);
  });

  test("A2A is refused where the sidecar names nobody, and a name from past the sidecar counts nothing", async () => {
    const body = { jsonrpc: "2.0", id: 1, method: "SendMessage", params: messageOf("Hello") };
    const version = { "a2a-version": "1.0" };
    expect((await post("/", body, version)).status).toBe(403);
    expect(
      (await post("/", body, { ...version, "dapr-caller-app-id": "a, b", "dapr-caller-namespace": "x" })).status,
    ).toBe(403);
    const { text } = await post("/", body, { ...version, ...calledBy("front") });
    const id = /"id":"([0-9a-f-]{36})"/.exec(text)?.[1];
    const get = { jsonrpc: "2.0", id: 1, method: "GetTask", params: { id } };
    expect((await post("/", get, { ...version, ...calledBy("front") })).text).toContain("COMPLETED");
    expect((await post("/", get, { ...version, ...calledBy("front") }, "127.0.0.2")).text).toContain("-32001");
  });

  test("a task that runs is stopped by whoever asked, and by nobody else", async () => {
    const sent = await callA2a(
      agent.url,
      "SendMessage",
      { ...messageOf("hang"), configuration: { returnImmediately: true } },
      calledBy("a"),
    );
    const id = /"id":"([0-9a-f-]{36})"/.exec(JSON.stringify(sent.body.result))?.[1] ?? "";
    await expect.poll(() => asked().filter((one) => one === "hang")).toHaveLength(1);
    expect((await callA2a(agent.url, "CancelTask", { id }, calledBy("b"))).body.error?.code).toBe(-32001);
    await callA2a(agent.url, "CancelTask", { id }, calledBy("a"));
    expect((await endedTask(agent.url, id, calledBy("a"))).status?.state).toBe(TaskState.TASK_STATE_CANCELED);
  });
});
