import { afterAll, beforeAll, expect, test } from "vitest";
import { answerIn, messageOf, sendTask } from "../../agent/support/ask-agent.ts";
import { AGENT_CHART, manifests } from "../../charts/fixture-renders.ts";
import { KEY, startOpenAI, type TestOpenAI } from "../../servers/openai/server.ts";
import type { Asked, Turn } from "../../servers/openai/transcript.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { agentAnswer } from "../../support/requests/strict-answer.ts";
import { type Pod, startPod } from "../agent/pod.ts";
import { describeReal } from "../component.ts";
import { type Redis, startRedis } from "../dapr/redis.ts";
import { type RunningSidecar, startSidecar } from "../dapr/running-sidecar.ts";
import { type Sentry, startSentry } from "../dapr/sentry.ts";
import { helmTemplate } from "../helm/helm.ts";
import { freePorts } from "../process/loopback.ts";
import { shopFleet } from "./shop-fleet.ts";

const WORDS = "An agent that answers questions about refunds in German";
const draft = (more: object) => agentAnswer({ tenant: "shop", name: "refunds", ...more });

/** The model of both: it writes the spec, after one question, and is what the agent thinks with. */
function script({ text }: Asked): Turn {
  if (!text.includes("Write one new agent.")) return { kind: "say", text: "Eine Erstattung dauert fünf Tage." };
  const wanted = text.includes("Formal, please.")
    ? draft({
        spec: { description: "Answers questions about refunds, in German" },
        template: { ref: "assistant", parameters: { lang: "de", tone: "formal" } },
        assumptions: ["It answers customers, and no colleagues."],
      })
    : draft({ questions: ["Formal or informal?"] });
  return { kind: "answer", json: JSON.parse(JSON.stringify(wanted)) };
}

describeReal(["daprd", "dapr-sentry", "redis-server", "helm"], "a person asks for an agent in words", () => {
  let openai: TestOpenAI;
  let redis: Redis;
  let sentry: Sentry;
  let web: RunningSidecar;
  let pod: Pod | undefined;

  beforeAll(async () => {
    openai = await startOpenAI(script, { strictTools: false });
    redis = await startRedis();
    sentry = await startSentry("public");
    const own = { namespace: "shop-agents", trustDomain: "public", resources: [], sentry };
    web = await startSidecar({ appId: "web", ...own });
  }, 120_000);

  afterAll(async () => {
    for (const one of [pod, web, redis, sentry, openai]) await one?.stop();
  });

  test("prompt, question, answer, pull request, merge, and it answers over A2A", { timeout: 120_000 }, async () => {
    const [port = 0] = await freePorts(1);
    const place = fleetClone(null);
    place.commit(shopFleet({ model: openai.url, redis: redis.host, port }));
    const env = { OPENAI_BASE_URL: openai.url, OPENAI_API_KEY: KEY };
    const run = (...args: readonly string[]) => raos(place.clone, [...args, "--repo", place.bare], env);

    // What cannot be known is asked.
    const first = await run("create", WORDS);
    expect([first.code, first.out]).toEqual([1, "Formal or informal?\n"]);

    // The same words with an answer are a pull request, which says what was understood.
    const { out } = await run("create", WORDS, "--answer", "Formal, please.", "--output", "json");
    const [opened] = JSON.parse(out);
    expect(opened).toMatchObject({ cause: "request", agent: "shop/refunds", kind: "opened" });
    const number = String(opened.pull.number);
    const shown = (await run("pr", "show", number)).out;
    for (const part of [WORDS, "Made from the template `assistant`", "It answers customers, and no colleagues"])
      expect(shown).toContain(part);

    // A person merges it; what is generated lies on the default branch, and nothing is left to do.
    await run("pr", "merge", number);
    place.git("pull", "--quiet", "origin", "main");
    expect((await run("reconcile")).out).not.toContain("shop/refunds");

    // What Helm renders of it runs: the stock agent, configured by its agent.json, beside daprd with its components.
    const values = place.read("deploy/production/shop/refunds/values.yaml");
    const release = { release: "refunds", namespace: "shop-agents" };
    const objects = manifests(await helmTemplate({ chart: AGENT_CHART, values, ...release }));
    pod = await startPod({ name: "refunds", objects, sentry, secrets: { llm: { key: KEY } } });

    // A declared caller asks it through the sidecars.
    const task = await sendTask(`${web.url}/v1.0/invoke/refunds/method/`, messageOf("Wie lange dauert es?"));
    expect(answerIn(task)).toBe("Eine Erstattung dauert fünf Tage.");
    const asked = JSON.stringify(openai.requests.at(-1));
    expect(asked).toContain("Answer in de, in a formal tone.");
    expect(asked).toContain("Wie lange dauert es?");
  });
});
