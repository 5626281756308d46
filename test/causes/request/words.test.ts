import { describe, expect, test } from "vitest";
import { changeFromWords } from "../../../src/commands/requests/change-from-words.ts";
import { createFromWords } from "../../../src/commands/requests/create-from-words.ts";
import type { Principal } from "../../../src/domain/request/principal.ts";
import { answering } from "../../support/requests/asking-fleet.ts";
import { askingWorld, grantedRouter } from "../../support/requests/asking-world.ts";
import { agentAnswer, changeAnswer, type SparseAnswer } from "../../support/requests/strict-answer.ts";

const PERSON: Principal = { kind: "person", login: "octocat" };
const AGENT: Principal = { kind: "agent", agent: "support/router", environment: "production", chain: [] };

const create = (words: string, answers: readonly string[] = [], from: Principal = PERSON) =>
  createFromWords({ from, words, answers, tenant: undefined, name: undefined });
const change = (words: string, from: Principal = PERSON, agent = "support/faq") =>
  changeFromWords({ from, agent, environment: undefined, words, answers: [] });

/** A spec of its own: the words name no template's purpose. */
const DIGEST = {
  tenant: "support",
  name: "digest",
  spec: {
    description: "Sends a digest of yesterday's tickets every morning",
    runtime: { workload: "CronJob", job: { schedule: "0 6 * * *" } },
    instructions: { inline: "Summarise the tickets of yesterday." },
    model: { name: "gpt-5-mini", apiKeySecretRef: { name: "llm", key: "api-key" } },
    tools: [
      {
        mcp: {
          name: "tickets",
          streamableHTTP: { url: "http://tickets-mcp.platform.svc.cluster.local/mcp" },
          allow: ["get_ticket"],
        },
      },
    ],
  },
} as const;

const withSpec = (more: SparseAnswer) => agentAnswer({ ...DIGEST, spec: { ...DIGEST.spec, ...more } });
const said = (submitted: object) => JSON.stringify(submitted);

describe("a new agent", () => {
  test("a spec of its own, where no template fits", async () => {
    const { submit, fileOf } = await askingWorld(answering(agentAnswer(DIGEST)));
    const submitted = await submit(create("Every morning at six, summarise yesterday's tickets"), true);
    expect(fileOf(submitted, "agents/support/digest.yaml")).toMatchInlineSnapshot(`
      "apiVersion: raos.dev/v1alpha1
      kind: Agent
      metadata:
        name: digest
        namespace: support
      spec:
        description: Sends a digest of yesterday's tickets every morning
        runtime:
          workload: CronJob
          job:
            schedule: 0 6 * * *
        instructions:
          inline: Summarise the tickets of yesterday.
        model:
          name: gpt-5-mini
          apiKeySecretRef:
            name: llm
            key: api-key
        tools:
          - mcp:
              name: tickets
              streamableHTTP:
                url: http://tickets-mcp.platform.svc.cluster.local/mcp
              allow:
                - get_ticket
      "
    `);
    expect(submitted).toMatchObject({ outcomes: [{ kind: "opened", agent: "support/digest" }] });
  });

  test("what is wrong with a draft is said to the model, and the next one is taken", async () => {
    const wrong = withSpec({ scaling: { min: 9, max: 2 }, version: "one" });
    const { submit, openai } = await askingWorld(
      answering((_, before) => (before === 0 ? wrong : agentAnswer(DIGEST))),
    );
    const submitted = await submit(create("A digest of tickets"), true);
    expect(submitted).toMatchObject({ outcomes: [{ kind: "opened" }] });
    expect(openai.requests).toHaveLength(2);
    expect(openai.requests[1]?.asked?.text).toContain("is not a semantic version");
    const spent = submitted.kind === "submitted" ? submitted.step.proposal?.marker.spent : undefined;
    expect(spent?.tokens).toBeGreaterThan(5000);
  });

  test("a denial of a guardrail is said to the model three times, and then to whoever asks", async () => {
    const image = "docker.io/library/busybox:1.36";
    const { submit, openai } = await askingWorld(answering(withSpec({ runtime: { image } })));
    const submitted = await submit(create(`A digest of tickets with the image ${image}`));
    expect(submitted).toMatchObject({ kind: "refused", reason: "no-valid-draft" });
    expect(said(submitted)).toContain("registr");
    expect(openai.requests).toHaveLength(4);
  });

  test("questions first, at most two, and none once they are answered", async () => {
    const questions = agentAnswer({
      tenant: "support",
      name: "x",
      questions: ["Which language?", "Which tools?", "Why?"],
    });
    const { submit, openai } = await askingWorld(
      answering(({ text }) =>
        text.includes("In French") && openai.requests.length > 1 ? agentAnswer(DIGEST) : questions,
      ),
    );
    const first = await submit(create("An agent for customers"));
    expect(first).toEqual({ kind: "questions", questions: ["Which language?", "Which tools?"] });
    expect(await submit(create("An agent for customers", ["In French"]), true)).toMatchObject({
      outcomes: [{ kind: "opened" }],
    });
    expect(openai.requests.at(-1)?.asked?.text).toContain("Ask no questions");
  });

  test("a model that refuses, one that says nothing readable, and a budget that is used up", async () => {
    const refusing = await askingWorld(
      answering(agentAnswer({ tenant: "a", name: "b", refusal: "This is no agent." })),
    );
    expect(await refusing.submit(create("Write me a poem"))).toEqual({
      kind: "refused",
      reason: "refused-by-the-model",
      message: "This is no agent.",
    });
    const babbling = await askingWorld(() => ({ kind: "say", text: "Sure! Here it is:" }));
    expect(await babbling.submit(create("A digest"))).toMatchObject({ kind: "refused", reason: "model-unreadable" });
    const poor = await askingWorld(answering(agentAnswer(DIGEST)), {}, "{tokens: 100}");
    expect(await poor.submit(create("A digest"))).toMatchObject({ kind: "refused", reason: "model-tokens" });
    expect(poor.openai.requests).toHaveLength(0);
  });

  test("an agent without a grant gets nothing, and no model is asked", async () => {
    const { submit, openai } = await askingWorld(answering(agentAnswer(DIGEST)));
    expect(await submit(create("A digest of tickets", [], AGENT))).toMatchObject({
      kind: "refused",
      reason: "no-grant",
    });
    expect(openai.requests).toHaveLength(0);
  });

  test("an agent with a grant gets what the grant covers, with its lineage in the file", async () => {
    const name = "refunds";
    const template = { ref: "support-agent", parameters: { lang: "de", maxReplicas: 2 } };
    const resources = { requests: { cpu: "100m", memory: "128Mi" } };
    const spec = { description: "Answers in German", runtime: { resources }, limits: { dollarsPerDay: 1 } };
    const fits = agentAnswer({ tenant: "support", name, template, spec });
    const { submit, fileOf } = await askingWorld(answering(fits), grantedRouter());
    const submitted = await submit(create("A German agent for refunds", [], AGENT), true);
    const text = fileOf(submitted, "agents/support/refunds.yaml") ?? said(submitted);
    expect(text).toContain("raos.dev/created-by: agent:support/router@production");
    const wider = await askingWorld(answering(agentAnswer(DIGEST)), grantedRouter());
    expect(said(await wider.submit(create("A digest", [], AGENT)))).toContain("template-not-granted");
  });

  test("an agent that asks gets one in its own tenant alone", async () => {
    const { submit, openai } = await askingWorld(
      answering(agentAnswer({ ...DIGEST, tenant: "finance" })),
      grantedRouter(),
    );
    const submitted = await submit(create("A digest of tickets in finance", [], AGENT));
    expect(said(submitted)).toContain("the tenant has to be support");
    expect(openai.requests[0]?.body).not.toContain("billing-db");
  });
});

test("of a large fleet, what fits the words is offered, within a limit", async () => {
  const agents = Array.from({ length: 600 }, (_, index) => (index === 555 ? "warehouse" : `bot-${index}`));
  const specOf = (name: string) =>
    `apiVersion: raos.dev/v1alpha1\nkind: Agent\nmetadata: {name: ${name}, namespace: support}\nspec:\n  description: ${"Works. ".repeat(200)}\n  template: {ref: support-agent}\n`;
  const files = Object.fromEntries(agents.map((name) => [`agents/support/${name}.yaml`, specOf(name)]));
  const { submit, openai } = await askingWorld(answering(agentAnswer(DIGEST)), files);
  await submit(create("An agent of support that asks the warehouse"), true);
  const [request] = openai.requests;
  expect(request?.asked?.text).toContain('"name":"warehouse"');
  expect(request?.asked?.text.match(/"name":"bot-/g)?.length).toBeLessThanOrEqual(40);
  expect(request?.body.length).toBeLessThan(100_000);
});

describe("a change", () => {
  test("the fewest edits of the values in effect, which never merge by themselves", async () => {
    const edits = [{ at: "/spec/scaling/max", to: 6, why: "More replicas." }];
    const { submit, fileOf, place } = await askingWorld(answering(changeAnswer({ edits })));
    const submitted = await submit(change("Let it scale to six replicas"), true);
    expect(submitted).toMatchObject({ outcomes: [{ kind: "opened", agent: "support/faq" }] });
    const before = place.read("agents/support/faq.yaml");
    expect(fileOf(submitted, "agents/support/faq.yaml")).toBe(
      before.replace("scaling: {min: 2}", "scaling: {min: 2, max: 6}"),
    );
    const proposal = submitted.kind === "submitted" ? submitted.step.proposal : undefined;
    expect(proposal?.marker.edits).toMatchObject([{ by: "person" }]);
    expect(proposal?.autoMerge).toBe(false);
  });

  test("in one environment alone", async () => {
    const edits = [{ at: "/spec/scaling/min", to: 5 }];
    const { submit, fileOf } = await askingWorld(answering(changeAnswer({ environment: "production", edits })));
    const submitted = await submit(change("At least five replicas in production", PERSON, "support/router"), true);
    expect(fileOf(submitted, "agents/support/router.yaml")).toContain("production: {scaling: {min: 5}}");
  });

  test.each([
    [
      "an agent's, outside of what may be changed",
      AGENT,
      "support/router",
      { at: "/spec/description", to: "x" },
      "/spec/description",
    ],
    [
      "a field that words cannot set",
      PERSON,
      "support/router",
      { at: "/spec/supervision/autoMerge", to: "low-risk" },
      "decided by people",
    ],
    [
      "all of runtime, with a privilege in it",
      PERSON,
      "support/faq",
      { at: "/spec/runtime", to: { pod: { hostNetwork: true } } },
      "written by people",
    ],
    [
      "another environment's overlay, taken away with what people wrote",
      PERSON,
      "support/faq",
      { at: "/spec/access", to: { callers: [] } },
      "consent",
    ],
    [
      "a Secret that nobody named",
      PERSON,
      "support/faq",
      { at: "/spec/model/apiKeySecretRef", to: { name: "root", key: "token" } },
      "not in the fleet",
    ],
    ["nothing", PERSON, "support/faq", { at: "/spec/scaling/min", to: 2 }, "this changes nothing"],
    ["no value of a spec", PERSON, "support/faq", { at: "/metadata/name", to: "x" }, "/metadata/name"],
  ])("refused: %s", async (_, from, agent, edit, message) => {
    const { submit } = await askingWorld(answering(changeAnswer({ edits: [edit] })));
    const submitted = await submit(change("Change it", from, agent));
    expect(submitted).toMatchObject({ kind: "refused", reason: "no-valid-draft" });
    expect(said(submitted)).toContain(message);
  });

  test("of an agent that there is not", async () => {
    const { submit, openai } = await askingWorld(answering({}));
    expect(await submit(change("Change it", PERSON, "support/fag"))).toMatchObject({ reason: "unknown-agent" });
    expect(openai.requests).toHaveLength(0);
  });
});
