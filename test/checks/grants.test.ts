import { afterEach, expect, test } from "vitest";
import { showChecks } from "../../src/checks/show-checks.ts";
import { createFromTemplate } from "../../src/commands/requests/create-from-template.ts";
import { type AskedInPass, submitRequest } from "../../src/commands/requests/submit-request.ts";
import { lineageAnnotations } from "../../src/domain/grant/read-lineage.ts";
import { newLineage } from "../../src/grants/new-lineage.ts";
import { askedAt } from "../../src/pass/grants/reserved.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { newSpecFile } from "../../src/request/new-spec.ts";
import { FILES, type ReviewedFleet, reviewedFleet } from "../support/forge/reviewed-fleet.ts";

const TEMPLATE = `apiVersion: raos.dev/v1alpha1
kind: AgentTemplate
metadata: {name: clerk}
spec:
  agent:
    description: Answers one question
    instructions: {inline: Answer.}
    model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
    limits: {dollarsPerDay: 1}
`;
const lead = (supervision: string) => `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: lead, namespace: acme}
spec:
  template: {ref: clerk}
  supervision:
    createAgents: {max: 1, templates: [clerk], budget: {cpu: 1, memory: 2Gi, dollarsPerDay: 2}, sponsor: "@acme/leads"}
${supervision}`;
const FLEET = { ...FILES, "templates/clerk.yaml": TEMPLATE, "agents/acme/lead.yaml": lead("") };

let fleet: ReviewedFleet;
afterEach(() => fleet.close());

/** What acme/lead asks for in production. */
const asking =
  (name: string, { from = "acme/lead", annotated = true } = {}): AskedInPass =>
  async (pass) => {
    const request = `request-${name}`;
    const asker = { agent: "acme/lead", environment: "production", request, at: askedAt(pass, request) };
    const made = newLineage(asker, pass.survey.fleet.facts.get("acme/lead"));
    if (made.kind === "refused") return made;
    const agent = `acme/${name}`;
    const annotations = annotated ? lineageAnnotations(made.lineage) : {};
    return {
      kind: "asked",
      edits: [],
      requested: {
        request: {
          ...{ id: request, wants: "create", agent, words: "", assumptions: [] },
          from: { kind: "agent", agent: from, environment: "production", chain: [] },
        },
        written: [newSpecFile({ agent, annotations, spec: { template: { ref: "clerk" } } })],
      },
    };
  };

const submit = async (...asked: Parameters<typeof asking>) => {
  const submitted = await submitRequest(fleet.opened.world, asking(...asked));
  if (submitted.kind !== "submitted") throw new Error(JSON.stringify(submitted));
  return submitted.outcomes[0];
};

test("an agent gets what its grant covers, and the last place once", async () => {
  fleet = await reviewedFleet(FLEET);
  const first = await submit("a");
  expect(first).toMatchObject({ kind: "opened", agent: "acme/a" });
  expect(await submit("a")).toMatchObject({ kind: "unchanged", pull: { number: first?.pull?.number } });
  expect(await submit("b")).toMatchObject({
    kind: "denied",
    reason: expect.stringContaining(
      "too-many-agents: acme/lead has 1 agent below it, 1 of them in open pull requests, and may have 1; retire one first",
    ),
  });
  expect(await submit("c", { from: "acme/triage" })).toMatchObject({
    reason: expect.stringContaining("no-grant: acme/triage may ask for no agents"),
  });
  const other = await submitRequest(
    fleet.opened.world,
    createFromTemplate({
      from: { kind: "agent", agent: "acme/lead", environment: "production", chain: [] },
      ...{ tenant: "acme", name: "e", template: "clerk", values: new Map(), description: undefined },
    }),
  );
  // It names who asked, and so is counted.
  expect(other).toMatchObject({ outcomes: [{ kind: "denied", reason: expect.stringContaining("too-many-agents") }] });
  expect(await submit("d", { annotated: false })).toMatchObject({ reason: expect.stringContaining("lineage-missing") });
});

/** Two pull requests for one place: one that acme/lead asked for, and one that a person wrote for it. */
async function twoPulls() {
  const asked = await submit("a");
  const lineage = {
    createdBy: { agent: "acme/lead", environment: "production" },
    ...{ request: "by-hand", root: "acme/lead", depth: 1, createdAt: 0, sponsor: "@acme/leads" },
  };
  const annotations = lineageAnnotations(lineage);
  const { file, text } = newSpecFile({ agent: "acme/b", annotations, spec: { template: { ref: "clerk" } } });
  const written = await fleet.open("other", { [file]: text });
  await showChecks(fleet.opened.world);
  return { asked: { number: asked?.pull?.number, head: asked?.pull?.head ?? "" }, written };
}

async function merge(number: number | undefined): Promise<void> {
  const { pulls } = await fleet.opened.forge.pullRequests([]);
  const pull = pulls.find((one) => one.number === number) ?? (await fleet.opened.forge.pull(number ?? 0));
  if (pull === undefined) throw new Error("no pull request");
  await fleet.opened.forge.merge(pull);
}

test.each(["asked", "written"] as const)(
  "of two pull requests for the last place, the check of the other fails once the %s one is merged",
  async (first) => {
    fleet = await reviewedFleet(FLEET);
    const pulls = await twoPulls();
    const other = first === "asked" ? pulls.written : pulls.asked;
    expect(fleet.runOn(other.head)?.conclusion).not.toBe("failure");
    await merge(pulls[first].number);
    await showChecks(fleet.opened.world);
    expect(fleet.runOn(other.head)).toMatchObject({ conclusion: "failure" });
    expect(fleet.runOn(other.head)?.summary).toContain(
      "acme/lead has 1 agent below it, and may have 1; retire one first",
    );
  },
);

const childOf = (name: string) => {
  const lineage = {
    createdBy: { agent: "acme/lead", environment: "production" },
    ...{
      request: `request-${name}`,
      root: "acme/lead",
      depth: 1,
      createdAt: Date.now() - 1000,
      sponsor: "@acme/leads",
    },
  };
  const { file, text } = newSpecFile({
    agent: `acme/${name}`,
    annotations: lineageAnnotations(lineage),
    spec: { template: { ref: "clerk" } },
  });
  return { [file]: text ?? "" };
};

test("who deletes an agent sees what becomes of those that it asked for, and RAOS proposes it once that is merged", async () => {
  fleet = await reviewedFleet({ ...FLEET, ...childOf("a") });
  const written = await fleet.open("without-lead", { "agents/acme/lead.yaml": undefined });
  await showChecks(fleet.opened.world);
  const run = fleet.runOn(written.head);
  expect(run).toMatchObject({ conclusion: "success", title: "Merging leads to 2 pull requests; 2 need a review" });
  expect(run?.text).toContain("acme/lead is gone");
  await merge(written.number);
  await reconcile(fleet.opened.world);
  const { pulls } = await fleet.opened.forge.pullRequests([]);
  const own = pulls.filter(({ branch, state }) => branch.startsWith("raos/request/") && state === "open");
  expect(own).toHaveLength(1);
  const { world } = fleet.opened;
  const view = await world.viewCommit(own[0]?.branch ?? "", own[0]?.head ?? "");
  const file = await view?.source.file("agents/acme/a.yaml");
  expect(Buffer.from(file ?? []).toString()).toContain("raos.dev/owner: '@acme/leads'");
});
