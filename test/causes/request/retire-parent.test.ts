import { expect, onTestFinished, test } from "vitest";
import { openWorld } from "../../../src/app/world/open-world.ts";
import { retireAgent } from "../../../src/commands/requests/retire-agent.ts";
import { submitRequest } from "../../../src/commands/requests/submit-request.ts";
import type { Outcome } from "../../../src/domain/decision.ts";
import type { Principal } from "../../../src/domain/request/principal.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { childSpec, leadSpec } from "../../cli/grants/asked-agents.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos, shellFor } from "../../support/cli/raos.ts";

const GRANT = (onDelete: string) =>
  `{max: 3, maxDepth: 2, templates: [support-agent], budget: {cpu: 2, memory: 4Gi, dollarsPerDay: 5}, sponsor: '@acme/support', onDelete: ${onDelete}}`;
const OWN =
  "{max: 1, maxDepth: 1, templates: [support-agent], budget: {cpu: 1, memory: 1Gi, dollarsPerDay: 1}, sponsor: '@acme/support'}";
const SPECS = {
  "agents/support/a.yaml": childSpec("a", { maxReplicas: 2 }).replace(
    "dollarsPerDay: 1}",
    `dollarsPerDay: 1}\n  supervision: {createAgents: ${OWN}}`,
  ),
  "agents/support/a1.yaml": childSpec("a1", { hour: 2, maxReplicas: 1, parent: "support/a", depth: 2 }),
};

const PERSON: Principal = { kind: "person", login: "robin" };

/** The pull request that retires an agent, in a fleet of support/lead, support/a below it, and support/a1 below that. */
async function retired(agent: string, onDelete: string, from = PERSON) {
  const place = fleetClone();
  place.commit({ "agents/support/lead.yaml": leadSpec(GRANT(onDelete)), ...SPECS });
  const { world, close } = await openWorld(shellFor(place.clone), place.bare);
  try {
    const submitted = await submitRequest(world, retireAgent({ from, agent, words: "" }));
    if (submitted.kind !== "submitted") throw new Error(JSON.stringify(submitted));
    const [outcome] = submitted.outcomes;
    const branch = outcome?.pull?.branch;
    place.git("fetch", "--quiet", "origin");
    const show = (path: string) => place.git("show", `origin/${branch}:${path}`);
    return { outcome, show, files: branch === undefined ? [] : place.files(branch) };
  } finally {
    await close();
  }
}

test("agents below a retired one are handed over to the tenant's owners", async () => {
  const { outcome, show, files } = await retired("support/lead", "handOver");
  expect(outcome).toMatchObject({ kind: "opened" });
  expect(files).not.toContain("agents/support/lead.yaml");
  expect(show("agents/support/a.yaml")).toContain("raos.dev/owner: '@meridian-retail/support-engineering'");
  expect(show("deploy/production/support/a/values.yaml")).toContain(
    'raos.dev/owner: "@meridian-retail/support-engineering"',
  );
  expect(show("agents/support/a1.yaml")).not.toContain("raos.dev/owner");
});

test("or go with it, all generations, where its grant says so", async () => {
  const { outcome, files } = await retired("support/lead", "remove");
  expect(outcome).toMatchObject({ kind: "opened" });
  expect(files.filter((file) => /support\/(lead|a|a1)[./]/.test(file))).toEqual([]);
});

test("an agent may retire what it asked for, and nothing else", async () => {
  const from = (agent: string) => ({ kind: "agent" as const, agent, environment: "production", chain: [] });
  expect((await retired("support/a1", "remove", from("support/lead"))).outcome).toMatchObject({ kind: "opened" });
  expect((await retired("support/lead", "remove", from("support/a"))).outcome).toMatchObject({
    kind: "denied",
    reason: expect.stringContaining("not-a-descendant: support/a did not ask for support/lead"),
  });
});

test("an agent whose time is over is retired by a pull request, which a person may close for good", async () => {
  const place = fleetClone();
  place.commit({
    "agents/support/lead.yaml": leadSpec(GRANT("remove").replace("onDelete", "timeToLive: 12h, onDelete")),
    "agents/support/a.yaml": childSpec("a"),
  });
  const reconciled = async (): Promise<readonly Outcome[]> => {
    const { out } = await raos(place.clone, ["reconcile", "--repo", place.bare, "--output", "json"]);
    const outcomes: readonly Outcome[] = JSON.parse(out);
    return outcomes.filter(({ cause, agent }) => cause === "request" && agent === "support/a");
  };
  const [opened] = await reconciled();
  expect(opened).toMatchObject({ kind: "opened" });
  const { out } = await raos(place.clone, ["pr", "show", String(opened?.pull?.number), "--repo", place.bare]);
  expect(out).toContain("Its time is over since");
  expect(await reconciled()).toMatchObject([{ kind: "unchanged" }]);
  await raos(place.clone, ["pr", "close", String(opened?.pull?.number), "--repo", place.bare]);
  expect((await reconciled()).some(({ kind }) => kind === "opened")).toBe(false);
});

test("of one that was closed, the forge is asked once, until the default branch has another commit", async () => {
  const place = fleetClone();
  place.commit({
    "agents/support/lead.yaml": leadSpec(GRANT("remove").replace("onDelete", "timeToLive: 12h, onDelete")),
    "agents/support/a.yaml": childSpec("a"),
  });
  const opened = await openWorld(shellFor(place.clone), place.bare);
  onTestFinished(opened.close);
  const asked: string[] = [];
  const forge = {
    ...opened.world.forge,
    pullRequests: (branches: readonly string[]) => {
      asked.push(...branches.filter((branch) => branch.startsWith("raos/request/")));
      return opened.world.forge.pullRequests(branches);
    },
  };
  const world = { ...opened.world, forge };
  const pass = async () => {
    asked.length = 0;
    const outcomes = await reconcile(world);
    const [own] = outcomes.filter(({ cause, agent }) => cause === "request" && agent === "support/a");
    return { own, asked: asked.length };
  };
  const { own } = await pass();
  await raos(place.clone, ["pr", "close", String(own?.pull?.number), "--repo", place.bare]);
  expect(await pass()).toMatchObject({ own: { reason: "closed-by-a-person" }, asked: 1 });
  expect(await pass()).toMatchObject({ own: { reason: "closed-by-a-person" }, asked: 0 });
  place.commit({ "notes.md": "Nothing about agents.\n" });
  expect(await pass()).toMatchObject({ own: { reason: "closed-by-a-person" }, asked: 1 });
  // An agent that changed since is another question.
  place.commit({ "agents/support/a.yaml": childSpec("a", { maxReplicas: 3 }) });
  expect(await pass()).toMatchObject({ own: { kind: "opened" } });
});
