import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile, compileTenant } from "../../src/compile/index.ts";
import type { ObjectReader } from "../../src/git/objects/object-reader.ts";
import { openRepository, type Repository } from "../../src/git/repository.ts";
import { readFleet } from "../../src/spec/read/read-fleet.ts";
import { SurveyStore } from "../../src/survey/memo/store.ts";
import { gitView } from "../../src/survey/source/commit-view.ts";
import { readSlice } from "../../src/survey/source/slice-snapshot.ts";
import { createSurveyMemory, type Survey, survey } from "../../src/survey/survey.ts";
import { FIXTURE_FLEET } from "../support/specs/fixture-fleet.ts";

const AUTHOR = { name: "Somebody", email: "somebody@example.com" };

let folder = "";
let repository: Repository;
let objects: ObjectReader;
let base = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "raos-survey-"));
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder]);
  repository = await openRepository(folder, { env: process.env, cache: folder });
  objects = repository.objects();
  base = await commit(
    undefined,
    [...fixture()].map(([path, text]) => ({ path, text })),
  );
});

afterAll(async () => {
  await objects.close();
  await repository.close();
  rmSync(folder, { recursive: true, force: true });
});

function fixture(): ReadonlyMap<string, string> {
  const names = readdirSync(FIXTURE_FLEET, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(FIXTURE_FLEET, name)).isFile(),
  );
  const chart: readonly (readonly [string, string])[] = [
    ["charts/agent/Chart.yaml", "apiVersion: v2\nname: agent\nversion: 0.1.0\n"],
    ["charts/agent/README.md", "# The chart\n"],
    ["charts/agent/templates/workload.yaml", "kind: Deployment\n"],
  ];
  return new Map([
    ...names.sort().map((name) => [name, readFileSync(join(FIXTURE_FLEET, name), "utf8")] as const),
    ...chart,
  ]);
}

async function commit(
  parent: string | undefined,
  files: readonly { path: string; text: string | undefined }[],
): Promise<string> {
  const [sha = ""] = await repository.writeCommits([
    {
      parents: parent === undefined ? [] : [parent],
      files,
      message: "A change",
      author: AUTHOR,
      at: 1_700_000_000_000,
    },
  ]);
  return sha;
}

async function look(
  sha: string,
  store = new SurveyStore(":memory:"),
  memory = createSurveyMemory(),
): Promise<Omit<Survey, "fleet" | "pathOf" | "drifts"> & { readonly drifts: ReturnType<Survey["drifts"]> }> {
  const seen = await survey(gitView(repository.place, objects, sha).source, store, memory);
  if ("kind" in seen) throw new Error(JSON.stringify(seen.problems));
  const { fleet: _, pathOf: __, drifts, ...rest } = seen;
  return { ...rest, drifts: drifts() };
}

/** Everything that the specs of a commit generate, as a commit on top of it. */
async function merged(sha: string): Promise<string> {
  const snapshot = await readSlice(objects, sha, ["/"]);
  const { agents, fleet } = readFleet(snapshot);
  const tenants = new Set([...agents.values()].map((agent) => agent.tenant));
  const files = [
    ...[...agents.values()].map((agent) => compile(agent, fleet)),
    ...[...tenants].map((tenant) => compileTenant(tenant, fleet)),
  ];
  return commit(
    sha,
    files.flatMap((map) => [...map].map(([path, text]) => ({ path, text }))),
  );
}

describe("what drifted", () => {
  test("is every agent of a new fleet, and nothing once its files are merged", async () => {
    const fresh = await look(base);
    expect(fresh.problems).toEqual([]);
    expect(fresh.drifts.map((drift) => drift.state)).toEqual(Array.from({ length: 12 }, () => "new"));
    expect(fresh.driftedTenants).toEqual(["finance", "logistics", "support"]);
    const done = await look(await merged(base));
    expect([done.drifts, done.driftedTenants]).toEqual([[], []]);
  });

  test.each<
    [string, Readonly<Record<string, [string | RegExp, string] | undefined>>, readonly string[], readonly string[]]
  >([
    [
      "an agent's own spec",
      { "agents/finance/billing.yaml": [/version: [\d.]+/, "version: 9.9.9"] },
      ["finance/billing changed"],
      [],
    ],
    [
      "a prompt file, for who reads it",
      { "prompts/triage.md": ["You classify", "You sort"] },
      ["support/triage changed"],
      [],
    ],
    [
      "a new caller, for the agent it calls",
      { "agents/finance/dunning.yaml": ["\nspec:\n", "\nspec:\n  tools: [{agent: {name: billing}}]\n"] },
      ["finance/billing changed", "finance/dunning changed"],
      [],
    ],
    [
      "nothing at the called agent, where another tenant's names it without consent",
      {
        "agents/logistics/tracking.yaml": [
          "\nspec:\n",
          "\nspec:\n  tools: [{agent: {name: hello, namespace: support}}]\n",
        ],
      },
      [],
      [],
    ],
    [
      "the called agents, where their tenant's consent is withdrawn",
      { "tenants/finance.yaml": ["accepts: [support]", "accepts: []"] },
      ["finance/billing changed"],
      [],
    ],
    ["a spec that is gone", { "agents/support/hello.yaml": undefined }, ["support/hello removed"], []],
    ["a tenant's quota", { "tenants/support.yaml": ["pods: 120", "pods: 121"] }, [], ["support"]],
    [
      "a generated file that a person edited",
      { "deploy/staging/support/hello/values.yaml": ["", "# by hand\n"] },
      ["support/hello changed"],
      [],
    ],
    [
      "a generated file that a person removed",
      { "deploy/staging/support/hello/values.yaml": undefined },
      ["support/hello changed"],
      [],
    ],
    [
      "the chart, for every tenant and no agent",
      { "charts/agent/templates/workload.yaml": ["Deployment", "StatefulSet"] },
      [],
      ["finance", "logistics", "support"],
    ],
    ["nothing, for the chart's README", { "charts/agent/README.md": ["The", "Our"] }, [], []],
    [
      "a tenant's copy of the chart that a person edited",
      { "deploy/_charts/staging/support/templates/workload.yaml": ["Deployment", "StatefulSet"] },
      [],
      ["support"],
    ],
    [
      "a file that a person took out of a copy",
      { "deploy/_charts/staging/support/templates/workload.yaml": undefined },
      [],
      ["support"],
    ],
    ["nothing, for a chart that cannot be copied", { "charts/agent/Chart.yaml": ["version", "ver"] }, [], []],
    [
      "nothing, for a chart that is gone",
      {
        "charts/agent/Chart.yaml": undefined,
        "charts/agent/README.md": undefined,
        "charts/agent/templates/workload.yaml": undefined,
      },
      [],
      [],
    ],
    [
      "nothing, for a comment in a spec",
      { "agents/support/hello.yaml": ["apiVersion", "# hello\napiVersion"] },
      [],
      [],
    ],
  ])("%s", async (_name, edits, drifts, tenants) => {
    const done = await merged(base);
    const store = new SurveyStore(":memory:");
    await look(done, store);
    const after = await commit(done, await edited(done, edits));
    const seen = await look(after, store);
    expect(seen.drifts.map((drift) => `${drift.key} ${drift.state}`)).toEqual(drifts);
    expect(seen.driftedTenants).toEqual(tenants);
    expect(seen).toEqual(await look(after));
  });

  test("a Model, for the agents that name it; a broken one keeps their files", async () => {
    const done = await merged(
      await commit(base, [
        { path: "models/gpt.yaml", text: modelText("{name: gpt-5-mini}") },
        { path: "agents/finance/shared.yaml", text: sharedText("finance/shared") },
        { path: "agents/support/shared.yaml", text: sharedText("support/shared") },
      ]),
    );
    const store = new SurveyStore(":memory:");
    expect((await look(done, store)).drifts).toEqual([]);
    const changed = await commit(done, [{ path: "models/gpt.yaml", text: modelText("{name: gpt-5}") }]);
    const seen = await look(changed, store);
    expect(seen.drifts.map(({ key, state }) => `${key} ${state}`)).toEqual([
      "finance/shared changed",
      "support/shared changed",
    ]);
    const closed = await commit(done, [{ path: "models/gpt.yaml", text: modelText("{name: x, tenants: [support]}") }]);
    const refused = await look(closed, store);
    expect(refused.problems.map(({ key }) => key)).toEqual(["finance/shared"]);
    expect(refused.drifts.map(({ key }) => key)).toEqual(["support/shared"]);
    const broken = await commit(closed, [{ path: "models/gpt.yaml", text: modelText("{nmae: gpt-5}") }]);
    const kept = await look(broken, store);
    expect(kept.drifts).toEqual([]);
    expect(kept.problems.map(({ key }) => key)).toEqual(["", "finance/shared", "support/shared"]);
    expect(kept).toEqual(await look(broken));
    const mended = await commit(broken, [{ path: "models/gpt.yaml", text: modelText("{name: gpt-5-mini}") }]);
    expect(await look(mended, store)).toMatchObject({ drifts: [], problems: [] });
  });

  test("a broken spec has Problems and keeps its files; the others are read all the same", async () => {
    const done = await merged(base);
    const broken = await commit(done, [
      { path: "agents/support/triage.yaml", text: "spec: [\n" },
      ...(await edited(done, { "agents/finance/billing.yaml": [/version: [\d.]+/, "version: 9.9.9"] })),
    ]);
    const seen = await look(broken);
    expect(seen.problems.map((one) => one.key)).toEqual(["support/triage"]);
    // A broken caller is no caller: who it called may lose the access it was granted for it.
    expect(seen.drifts.map((drift) => drift.key)).toContain("finance/billing");
    expect(seen.drifts.map((drift) => drift.key)).not.toContain("support/triage");
  });
});

async function edited(
  sha: string,
  edits: Readonly<Record<string, [string | RegExp, string] | undefined>>,
): Promise<readonly { path: string; text: string | undefined }[]> {
  const snapshot = await readSlice(objects, sha, Object.keys(edits));
  return Object.entries(edits).map(([path, edit]) => ({
    path,
    text:
      edit === undefined
        ? undefined
        : Buffer.from(snapshot.read(path))
            .toString()
            .replace(...edit),
  }));
}

describe("a survey that goes on from an earlier one", () => {
  const spec = fc.constantFrom(
    "support/hello",
    "support/triage",
    "support/router",
    "finance/billing",
    "finance/invoices",
    "logistics/tracking",
    "support/new",
    "finance/new",
  );
  const change = fc.oneof(
    spec.map((key) => ({ path: `agents/${key}.yaml`, text: undefined })),
    fc
      .tuple(spec, fc.integer({ min: 1, max: 3 }), fc.option(spec))
      .map(([key, minor, peer]) => ({ path: `agents/${key}.yaml`, text: agentText(key, minor, peer) })),
    fc.tuple(spec, spec).map(([key, caller]) => ({
      path: `agents/${key}.yaml`,
      text: `${agentText(key, 1, null)}  access: {callers: [{appId: ${caller.split("/")[1]}, namespace: ${caller.split("/")[0]}-x}]}\n`,
    })),
    spec.map((key) => ({ path: `agents/${key}.yaml`, text: sharedText(key) })),
    fc
      .constantFrom("{name: gpt-5}", "{name: gpt-5, tenants: [support]}", "{nmae: x}", undefined)
      .map((text) => ({ path: "models/gpt.yaml", text: text && modelText(text) })),
    spec.map((key) => ({ path: `agents/${key}.yaml`, text: "kind: Agent\nspec: {" })),
    spec.map((key) => ({ path: `agents/${key}.json`, text: JSON.stringify({ kind: "Agent" }) })),
    fc
      .constantFrom("finance", "support")
      .chain((tenant) =>
        fc
          .constantFrom(
            `namespace: ${tenant}-x`,
            "quota: {pods: 3}",
            "environments: [staging]",
            "accepts: [finance, support, logistics]",
            "accepts: [logistics]",
          )
          .map((line) => ({ path: `tenants/${tenant}.yaml`, text: tenantText(tenant, line) })),
      ),
    fc
      .constantFrom("tenants/finance.yaml", "templates/support-agent.yaml", "prompts/triage.md")
      .map((path) => ({ path, text: undefined })),
    fc.constant({ path: "prompts/triage.md", text: "You sort tickets.\n" }),
    fc
      .constantFrom("charts/agent/Chart.yaml", "charts/agent/x.yaml", "deploy/_charts/staging/support/x.yaml")
      .chain((path) => fc.constantFrom("version: 0.2.0\n", "a: [", undefined).map((text) => ({ path, text }))),
    spec.map((key) => ({ path: `deploy/staging/${key}/values.yaml`, text: "# by hand\n" })),
  );

  test("sees what one from nothing sees, whatever was committed between", async () => {
    const done = await merged(base);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        async (commits) => {
          const store = new SurveyStore(":memory:");
          const memory = createSurveyMemory();
          await look(done, store, memory);
          let sha = done;
          for (const files of commits) {
            sha = await commit(sha, [...new Map(files.map((file) => [file.path, file])).values()]);
            expect(await look(sha, store, memory)).toEqual(await look(sha));
          }
          store.close();
        },
      ),
      { numRuns: 12 },
    );
  }, 300_000);
});

function agentText(key: string, minor: number, peer: string | null): string {
  const [tenant, name] = key.split("/");
  const [peerTenant, peerName] = (peer ?? "").split("/");
  const tools = peer === null ? "" : `  tools: [{agent: {name: ${peerName}, namespace: ${peerTenant}}}]\n`;
  return `apiVersion: raos.dev/v1alpha1\nkind: Agent\nmetadata: {name: ${name}, namespace: ${tenant}}\nspec:\n  description: Some agent\n  version: 1.${minor}.0\n  instructions: {inline: Be kind.}\n  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}\n${tools}`;
}

/** An agent that uses the Model gpt. */
function sharedText(key: string): string {
  return agentText(key, 1, null).replace(/ {2}model: .*\n/, "  modelRef: {name: gpt}\n");
}

function modelText(spec: string): string {
  return `apiVersion: raos.dev/v1alpha1\nkind: Model\nmetadata: {name: gpt}\nspec: ${spec}\n`;
}

function tenantText(tenant: string, line: string): string {
  return `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${tenant}}\nspec:\n  ${line}\n`;
}
