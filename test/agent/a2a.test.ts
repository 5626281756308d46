import { TaskState } from "@a2a-js/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestOpenAI } from "../servers/openai/server.ts";
import type { AgentProcess } from "./support/agent-process.ts";
import { answerIn, callA2a, calledBy, messageOf, sendTask } from "./support/ask-agent.ts";
import { type AskedAgent, startAskedAgent } from "./support/asked-agent.ts";

describe("a stock agent without a sidecar", () => {
  let openai: TestOpenAI;
  let agent: AgentProcess;
  let stop: AskedAgent["stop"] | undefined;
  beforeAll(async () => {
    ({ openai, agent, stop } = await startAskedAgent(({ text }) => ({
      kind: "say",
      text: `You said: ${text.replaceAll("\n", " ")}`,
    })));
  }, 60_000);
  afterAll(async () => {
    await stop?.();
  });

  test("answers a message", async () => {
    const task = await sendTask(agent.url, messageOf("Hello"));
    expect(answerIn(task)).toBe("You said: Hello");
    expect(task.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
  });

  test("remembers what was said in a context, and nothing of others", async () => {
    const first = await sendTask(agent.url, messageOf("My name is Ada", { contextId: "c1" }));
    expect(first.contextId).toBe("c1");
    await sendTask(agent.url, messageOf("Who am I?", { contextId: "c1" }));
    expect(openai.requests.at(-1)?.asked?.text).toMatch(/My name is Ada[\s\S]*Who am I\?/);
    await sendTask(agent.url, messageOf("Who am I?", { contextId: "c2" }));
    expect(openai.requests.at(-1)?.asked?.text).toBe("Who am I?");
    await sendTask(agent.url, messageOf("Who am I?", { contextId: "c1" }), calledBy("other"));
    expect(openai.requests.at(-1)?.asked?.text).toBe("Who am I?");
  });

  test("streams the progress of a task", async () => {
    const response = await fetch(agent.url, {
      method: "POST",
      headers: { "a2a-version": "1.0", "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "SendStreamingMessage", params: messageOf("Hello") }),
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const events = (await response.text())
      .split("\n\n")
      .flatMap((text) => (text === "" ? [] : [JSON.parse(text.slice(6))]));
    expect(events.map(({ result }) => Object.keys(result)[0])).toEqual(["task", "artifactUpdate", "statusUpdate"]);
  });

  test("speaks the HTTP+JSON binding, too", async () => {
    const init = { method: "POST", headers: { "a2a-version": "1.0" }, body: JSON.stringify(messageOf("Hello")) };
    const { task }: { task: { id: string } } = JSON.parse(
      await (await fetch(`${agent.url}/message:send`, init)).text(),
    );
    expect(task).toMatchObject({ status: { state: "TASK_STATE_COMPLETED" } });
    const again = await (await fetch(`${agent.url}/tasks/${task.id}`)).json();
    expect(again).toEqual(task);
    const missing = await fetch(`${agent.url}/tasks/nobody`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ error: { status: "NOT_FOUND" } });
  });

  test("serves the card that the chart wrote", async () => {
    const card = await (await fetch(`${agent.url}/.well-known/agent-card.json`)).json();
    expect(card).toMatchObject({ name: "answerer" });
  });

  test.each([
    ["a file", { parts: [{ raw: "aGVsbG8=", filename: "a.bin" }] }, "unsupported-part"],
    ["a URL to fetch", { parts: [{ url: "http://169.254.169.254/" }] }, "unsupported-part"],
    ["an unknown part", { parts: [{ video: "x" }] }, "unsupported-part"],
    ["nothing", { parts: [] }, "empty-message"],
    ["a book", { parts: [{ text: "x".repeat(300_000) }] }, "text-too-long"],
    ["a thousand parts", { parts: Array.from({ length: 1000 }, () => ({ text: "x" })) }, "too-many-parts"],
    ["an id that is a path", { contextId: "../../etc\n" }, "bad-id"],
    ["ten hops", { metadata: { "raos.dev/hops": 10 } }, "too-many-hops"],
    ["a forged number of hops", { metadata: { "raos.dev/hops": -5 } }, "too-many-hops"],
    ["much metadata", { metadata: { x: "x".repeat(20_000) } }, "metadata-too-long"],
  ])("refuses %s by name, and asks no model", async (_what, own, reason) => {
    const before = openai.requests.length;
    const { status, body } = await callA2a(agent.url, "SendMessage", messageOf("Hello", own));
    expect(status).toBe(200);
    expect(body.error?.data).toEqual([expect.objectContaining({ metadata: { reason } })]);
    expect(openai.requests.length).toBe(before);
  });

  test("reads no body of more than a mebibyte, and no text that is no JSON", async () => {
    const post = (body: string) => fetch(agent.url, { method: "POST", body });
    expect((await post("x".repeat(2_000_000))).status).toBe(413);
    expect((await post("{")).status).toBe(400);
    expect((await fetch(`${agent.url}/job/x`, { method: "DELETE" })).status).toBe(404);
  });

  test("a task is its caller's alone", async () => {
    const task = await sendTask(agent.url, messageOf("Hello"), calledBy("a"));
    const { body } = await callA2a(agent.url, "GetTask", { id: task.id }, calledBy("b"));
    expect(body.error?.code).toBe(-32001);
  });
});
