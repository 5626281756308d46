import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { showChecks } from "../../src/checks/show-checks.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { enqueue } from "../servers/github/checks/merge-queue.ts";
import type { CheckRun, Pull } from "../servers/github/model/model.ts";
import { push } from "../servers/github/model/people.ts";
import { addRepository } from "../servers/github/model/world.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../support/forge/reviewed-fleet.ts";

const triage = agentOf("triage", "768Mi");

let fleet: ReviewedFleet;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
});
afterEach(() => fleet.close());

async function shown(pull: Pull): Promise<CheckRun> {
  await showChecks(fleet.opened.world);
  const run = fleet.runOn(pull.head);
  if (run === undefined) throw new Error("no check");
  return run;
}

/** The requests that write, since the last call. */
function writes(): readonly string[] {
  return fleet.github.requests
    .splice(0)
    .filter(({ method, path }) => method !== "GET" && path !== "/graphql" && !path.includes("access_tokens"))
    .map(({ method, path }) => `${method} ${path}`);
}

describe("the check says what merging a pull request would do", () => {
  test("a changed spec: the pull request that follows, with its table and diff", async () => {
    const pull = await fleet.open("more-memory", { [TRIAGE]: triage.replace("768Mi", "1Gi") });
    const run = await shown(pull);
    expect([run.conclusion, run.title, run.annotations]).toEqual(["success", "Merging leads to 1 pull request", []]);
    expect(run.summary).toContain("acme/triage");
    expect(run.text).toContain("768Mi");
    expect(run.text).toContain("deploy/production/acme/triage/values.yaml");
    expect(run.text).not.toContain("<!--");
    // What to do with a pull request is not for a check to say.
    expect(run.text).not.toContain("What next");
  });

  test("Problems are annotations on their lines", async () => {
    const pull = await fleet.open("typo", {
      [TRIAGE]: triage.replace("limits: {memory: 768Mi}", "limits: {memry: 768Mi}"),
    });
    const run = await shown(pull);
    expect([run.conclusion, run.title]).toEqual(["failure", "1 Problem"]);
    const line = triage.split("\n").findIndex((text) => text.includes("limits: {memory")) + 1;
    expect(run.annotations).toMatchObject([
      { path: TRIAGE, start_line: line, end_line: line, annotation_level: "failure" },
    ]);
    expect(run.summary).toContain("memry");
  });

  test("what guardrails deny is a failure that names guardrail and file", async () => {
    const policy = `apiVersion: raos.dev/v1alpha1
kind: Guardrail
metadata: {name: small-limits}
spec:
  description: Small limits.
  enforce: always
  rules:
    - deny: after.spec.runtime.resources.limits.memory == "4Gi"
      message: A limit of 4Gi is too much
`;
    await push(fleet.github.world, fleet.repository, fleet.person, "main", { "policies/small.yaml": policy }, "Small");
    const pull = await fleet.open("huge", { [TRIAGE]: triage.replace("768Mi", "4Gi") });
    const run = await shown(pull);
    expect([run.conclusion, run.title]).toEqual(["failure", "Guardrails deny 1 change"]);
    expect(run.summary).toContain("A limit of 4Gi is too much");
    expect(run.annotations).toMatchObject([{ path: TRIAGE, annotation_level: "failure" }]);
  });

  test("a pull request does not judge itself: its own policies count once they are merged", async () => {
    const policy = "apiVersion: raos.dev/v1alpha1\nkind: Guardrail\nmetadata: {name: none}\nspec: {rules: []}\n";
    const pull = await fleet.open("policy", { "policies/none.yaml": policy });
    const run = await shown(pull);
    expect(run.summary).toContain("those of this pull request count once it is merged");
  });

  test("specs and generated files together: nothing follows", async () => {
    const spec = await fleet.open("spec", { [TRIAGE]: triage.replace("768Mi", "1Gi") });
    const changed = { [TRIAGE]: triage.replace("768Mi", "1Gi") };
    await push(fleet.github.world, fleet.repository, fleet.person, "main", changed, "1Gi");
    await reconcile(fleet.opened.world);
    const bot = [...fleet.repository.pulls.values()].findLast(({ headRef }) => headRef.startsWith("raos/"));
    if (bot === undefined) throw new Error("no pull request of the bot");
    const run = await shown(bot);
    expect([run.conclusion, run.title]).toEqual(["success", "The generated files match the specs"]);
    expect(fleet.runOn(spec.head)?.conclusion).toBeDefined();
  });

  test("where no agent is touched it is neutral, so that it can be required", async () => {
    const run = await shown(await fleet.open("readme", { "README.md": "# Ours\n" }));
    expect([run.conclusion, run.title]).toEqual(["neutral", "No agent is touched"]);
  });

  test("a conflict is said, and looked at again once it is resolved", async () => {
    const pull = await fleet.open("conflict", { [TRIAGE]: triage.replace("768Mi", "1Gi") });
    const other = { [TRIAGE]: triage.replace("768Mi", "2Gi") };
    await push(fleet.github.world, fleet.repository, fleet.person, "main", other, "2Gi");
    const run = await shown(pull);
    expect([run.conclusion, run.title]).toEqual(["neutral", "Conflicts with main"]);
  });

  test("Problems and drift that main has already are not blamed on a pull request", async () => {
    const broken = { "agents/acme/billing.yaml": "kind: Agent\n", [TRIAGE]: triage.replace("768Mi", "1Gi") };
    await push(fleet.github.world, fleet.repository, fleet.person, "main", broken, "Broken");
    const run = await shown(await fleet.open("readme", { "README.md": "# Ours\n" }));
    expect([run.conclusion, run.title]).toEqual(["neutral", "No agent is touched"]);
    expect(run.summary).toMatch(/has \d+ Problems? already/);
  });
});

describe("where the check is shown", () => {
  test("on pull requests from forks, whose branches are nowhere in this repository", async () => {
    const { world, root } = fleet.github;
    const fork = await addRepository(world, { root, owner: "robin", name: "fleet", fork: fleet.repository });
    await fork.git.git("fetch", "--quiet", fleet.repository.git.dir, "+refs/heads/main:refs/heads/main");
    const run = await shown(await fleet.open("fix", { [TRIAGE]: triage.replace("768Mi", "1Gi") }, fork));
    expect([run.conclusion, run.title]).toEqual(["success", "Merging leads to 1 pull request"]);
  });

  test("on groups of the merge queue", async () => {
    const pull = await fleet.open("more-memory", { [TRIAGE]: triage.replace("768Mi", "1Gi") });
    const group = await enqueue(fleet.github.world, pull);
    await showChecks(fleet.opened.world);
    expect(fleet.runOn(group.head)).toMatchObject({ conclusion: "success", title: "Merging leads to 1 pull request" });
  });

  test("once: a pass that finds nothing new writes nothing, also after a restart", async () => {
    await fleet.open("more-memory", { [TRIAGE]: triage.replace("768Mi", "1Gi") });
    await fleet.open("readme", { "README.md": "# Ours\n" });
    writes();
    expect(await showChecks(fleet.opened.world)).toBe(2);
    expect(writes()).toHaveLength(2);
    expect(await showChecks(fleet.opened.world)).toBe(0);
    fleet.opened.world.checkedHeads.clear();
    expect(await showChecks(fleet.opened.world)).toBe(0);
    expect(writes()).toEqual([]);
  });

  test("again where main moved and the result is another", async () => {
    const pull = await fleet.open("more-memory", { [TRIAGE]: triage.replace("768Mi", "1Gi") });
    await shown(pull);
    const same = { "README.md": "# Ours\n" };
    await push(fleet.github.world, fleet.repository, fleet.person, "main", same, "Readme");
    expect(await showChecks(fleet.opened.world)).toBe(0);
    const removed = { [TRIAGE]: undefined };
    await push(fleet.github.world, fleet.repository, fleet.person, "main", removed, "Remove");
    expect((await shown(pull)).title).toBe("Conflicts with main");
  });

  test("again where somebody asks for it, though nothing changed", async () => {
    const pull = await fleet.open("readme", { "README.md": "# Ours\n" });
    const first = await shown(pull);
    await showChecks(fleet.opened.world, { rerun: new Set([pull.head]) });
    expect(fleet.runOn(pull.head)?.id).not.toBe(first.id);
  });

  test("again with the next pass where GitHub failed, though nothing has moved since", async () => {
    const pull = await fleet.open("more-memory", { [TRIAGE]: triage.replace("768Mi", "1Gi") });
    await shown(pull);
    await push(fleet.github.world, fleet.repository, fleet.person, "main", { [TRIAGE]: undefined }, "Remove");
    fleet.github.before = async ({ method, path }) => {
      if (method === "POST" && path.endsWith("/check-runs")) throw new Error("GitHub fails");
    };
    expect(await showChecks(fleet.opened.world)).toBe(0);
    fleet.github.before = undefined;
    expect((await shown(pull)).title).toBe("Conflicts with main");
  });

  test("nowhere, with one sentence, where the App may not write checks", async () => {
    await fleet.open("readme", { "README.md": "# Ours\n" });
    fleet.installation.permissions = { ...fleet.installation.permissions, checks: "read" };
    fleet.github.world.tokens.clear();
    expect(await showChecks(fleet.opened.world)).toBe(0);
    expect(fleet.repository.checkRuns).toEqual([]);
  });

  test("with more annotations than one request takes", async () => {
    const pull = await fleet.open("readme", { "README.md": "# Ours\n" });
    const [subject] = (await fleet.opened.forge.ownChecks?.subjects("main", "raos")) ?? [];
    if (subject === undefined) throw new Error("no subject");
    const annotations = Array.from({ length: 120 }, (_, index) => {
      return { path: TRIAGE, line: index + 1, column: 1, level: "failure", message: `Problem ${index}` } as const;
    });
    const report = {
      offersGenerate: false,
      conclusion: "failure",
      title: "120 Problems",
      summary: "Many",
      text: undefined,
      annotations,
    } as const;
    writes();
    await fleet.opened.forge.ownChecks?.show(subject, "raos", "a key", report);
    expect(writes()).toHaveLength(3);
    expect(fleet.runOn(pull.head)).toMatchObject({
      externalId: "a key",
      title: "120 Problems",
      annotations: { length: 120 },
    });
  });
});
