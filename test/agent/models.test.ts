import { describe, expect, onTestFinished, test } from "vitest";
import type { AgentConfig } from "../../src/domain/agent/agent-config.ts";
import { temporaryFolder } from "../real/process/loopback.ts";
import { startOpenAI } from "../servers/openai/server.ts";
import type { Turn } from "../servers/openai/transcript.ts";
import { agentConfig, startAgent } from "./support/agent-process.ts";
import { answerIn, messageOf, sendTask } from "./support/ask-agent.ts";

/** An agent whose model has fallbacks, before a server that answers each model by its turn. */
async function agentWith(own: Partial<AgentConfig["model"]>, turns: Readonly<Record<string, Turn>>) {
  const openai = await startOpenAI((asked) => turns[asked.model] ?? { kind: "say", text: "Hello" }, {
    models: ["gpt-5-mini", "gpt-5", "gpt-4.1"],
  });
  const folder = await temporaryFolder();
  const config = agentConfig({ endpoint: openai.url });
  const agent = await startAgent(folder.path, { ...config, model: { ...config.model, ...own } });
  onTestFinished(async () => {
    await agent.child.stop();
    await openai.stop();
    await folder.remove();
  });
  return { agent, models: () => openai.requests.map(({ body }) => JSON.parse(body).model) };
}

describe("the fallbacks of a model", { timeout: 60_000 }, () => {
  const fallbacks = ["gpt-5", "gpt-4.1"];
  test("are asked in order where it fails, is away or limits the rate", async () => {
    const { agent, models } = await agentWith(
      { fallbacks },
      {
        "gpt-5-mini": { kind: "error", status: 503, headers: { "x-should-retry": "false" } },
        "gpt-5": { kind: "error", status: 429, headers: { "x-should-retry": "false" } },
        "gpt-4.1": { kind: "say", text: "I am the third" },
      },
    );
    expect(answerIn(await sendTask(agent.url, messageOf("Hello")))).toBe("I am the third");
    expect(models()).toEqual(["gpt-5-mini", ...fallbacks]);
    const metrics = await (await fetch(`${agent.url}/metrics`)).text();
    expect(metrics).toMatch(/gen_ai_request_model="gpt-5",error_type="429"\} 1/);
  });

  test("are not asked where the request itself is refused", async () => {
    const { agent, models } = await agentWith({ fallbacks }, { "gpt-5-mini": { kind: "error", status: 400 } });
    await sendTask(agent.url, messageOf("Hello"));
    expect(models()).toEqual(["gpt-5-mini"]);
  });
});

test("no more calls of the model run at a time than maxConcurrency", { timeout: 60_000 }, async () => {
  const { agent, models } = await agentWith({ maxConcurrency: 2 }, { "gpt-5-mini": { kind: "hang" } });
  for (let task = 0; task < 5; task += 1)
    await sendTask(agent.url, { ...messageOf(`task ${task}`), configuration: { returnImmediately: true } });
  await expect.poll(() => models().length).toBe(2);
  await new Promise((done) => setTimeout(done, 500));
  expect(models()).toHaveLength(2);
});
