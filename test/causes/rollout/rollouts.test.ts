import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readReport } from "../../../src/app/report/read-report.ts";
import { readStatus } from "../../../src/app/status/read-status.ts";
import { statusRows } from "../../../src/app/status/status-rows.ts";
import { valuesDigest } from "../../../src/domain/deployed/values-digest.ts";
import type { ClusterReading } from "../../../src/domain/rollout/facts.ts";
import type { World } from "../../../src/pass/world.ts";
import { readRolloutText } from "../../../src/pr/rollout/rollout-text.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { clusterOf, condition, deployment, kustomization, release, source } from "../../rollout/facts.ts";
import type { Pull } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { mergePull } from "../../servers/github/pulls/merging.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { waitUntil } from "../../support/wait.ts";

const MINUTE = 60_000;
const VALUES = "deploy/production/acme/triage/values.yaml";

let fleet: ReviewedFleet;
let later = 0;
/** What the cluster shows. */
let cluster: ClusterReading;
beforeEach(async () => {
  later = 0;
  cluster = { kind: "closed", words: "no cluster is configured" };
  fleet = await reviewedFleet(FILES);
  await fleet.settle();
});
afterEach(() => fleet.close());

const world = (): World => ({
  ...fleet.opened.world,
  now: () => Date.now() + later,
  hasCluster: () => cluster.kind !== "closed",
  readCluster: async () => cluster,
});
const write = (files: Readonly<Record<string, string>>) =>
  push(fleet.github.world, fleet.repository, fleet.person, "main", files, "A change");
/** What a pass did, but for the pull requests by which the fleet was set up. */
const pass = async () =>
  (await reconcile(world()))
    .filter(({ pull }) => (pull?.number ?? 3) > 2)
    .map(({ cause, kind, reason }) => [cause, kind, reason].join(" "));
const open = (): readonly Pull[] => [...fleet.repository.pulls.values()].filter(({ state }) => state === "OPEN");
const merge = async (pull: Pull | undefined): Promise<Pull> => {
  if (pull === undefined) throw new Error("no pull request");
  await mergePull(fleet.github.world, { kind: "user", user: fleet.person, token: "" }, pull, { method: "MERGE" });
  // GitHub lists it as open for a moment.
  await waitUntil(
    async () =>
      (await fleet.opened.forge.recentPulls(0))?.some(
        ({ number, state }) => number === pull.number && state === "merged",
      ) === true,
    50,
  );
  return pull;
};
const said = (pull: Pull) => pull.comments.map(({ body }) => body);
const head = async () => (await fleet.repository.git.git("rev-parse", "main")).trim();
const wantedDigest = async () => valuesDigest(await fleet.repository.git.git("show", `main:${VALUES}`));

/** A cluster in which Flux has applied the head of main, with a release and a workload. */
async function applied(
  digest: string,
  parts: { readonly release?: object; readonly workload?: object; readonly commit?: string } = {},
): Promise<ClusterReading> {
  const commit = parts.commit ?? (await head());
  const facts = clusterOf({
    sources: [source({ fetched: commit })],
    kustomizations: [kustomization({ applied: commit })],
    releases: [release({ digest, ...parts.release })],
    workloads: [deployment({ digest, ...parts.workload })],
  });
  return { kind: "read", facts };
}

/** A merged change of the memory limit. */
async function changed(memory: string): Promise<Pull> {
  await write({ [TRIAGE]: agentOf("triage", memory) });
  await pass();
  return merge(open().find(({ title }) => title.includes("triage")));
}

describe("a merged pull request is told what became of it", () => {
  test("nothing where no cluster and no Prometheus is configured", async () => {
    const pull = await changed("1Gi");
    expect(await pass()).toEqual([]);
    expect(said(pull)).toEqual([]);
  });

  test("rolling out, running, and after the time judged, in one comment; then it is left alone", async () => {
    cluster = { kind: "read", facts: clusterOf({}) };
    const before = { digest: await wantedDigest(), commit: await head() };
    const pull = await changed("1Gi");
    cluster = await applied(before.digest, { commit: before.commit });
    const first = await pass();
    expect(first).toEqual(["rollout updated rolling-out"]);
    expect(said(pull)).toEqual([expect.stringContaining("### Rolling out")]);
    expect(await pass()).toEqual(["rollout skipped rolling-out"]);
    cluster = await applied(await wantedDigest());
    expect(await pass()).toEqual(["rollout updated verifying"]);
    expect(await pass()).toEqual(["rollout skipped verifying"]);
    later = 16 * MINUTE;
    const [judged] = await pass();
    expect(judged).toMatch(/^rollout updated (verified|cannot-tell)$/);
    expect(said(pull)).toHaveLength(1);
    fleet.github.requests.splice(0);
    expect(await pass()).toEqual([]);
    // Merged pull requests that are judged cost nothing but the list that shows them.
    expect(fleet.github.requests.filter(({ method, path }) => method !== "GET" && path !== "/graphql")).toEqual([]);
  });

  test("a change that took its place before it was judged ends it", async () => {
    cluster = { kind: "read", facts: clusterOf({}) };
    const first = await changed("1Gi");
    const second = await changed("2Gi");
    cluster = await applied(await wantedDigest());
    await pass();
    expect(said(first).at(-1)).toContain("### A later change took its place");
    expect(said(second).at(-1)).toContain("### Running; looked at again soon");
  });
});

describe("what does not roll out is taken back", () => {
  const failing = async () =>
    applied(await wantedDigest(), {
      release: {
        conditions: [
          condition("Ready", "False", "UpgradeFailed", "Helm upgrade failed: timed out waiting for the condition"),
          condition("Stalled", "True", "RetriesExceeded", "Failed to upgrade after 4 attempts"),
        ],
      },
      workload: {
        conditions: [condition("Progressing", "False", "ProgressDeadlineExceeded", "deadline exceeded")],
        replicas: { wanted: 2, total: 3, updated: 1, available: 2 },
        trouble: { text: "ImagePullBackOff: ghcr.io/acme/triage:9" },
      },
    });

  test("by one pull request, with the controller's words; once, also where it is merged", async () => {
    cluster = { kind: "read", facts: clusterOf({}) };
    const pull = await changed("1Gi");
    cluster = await failing();
    const first = await pass();
    expect(first.toSorted()).toEqual(["regression opened ", "rollout updated worse"]);
    expect(said(pull)).toEqual([expect.stringContaining("### Worse than before")]);
    expect(said(pull)[0]).toContain("ImagePullBackOff");
    const [revert] = open();
    expect(revert?.headRef).toBe(`raos/regression/${pull.number}`);
    expect(revert?.body).toContain(`#${pull.number} made things worse`);
    expect((await pass()).toSorted()).toEqual(["regression unchanged up-to-date", "rollout updated worse"]);
    expect(said(pull)).toEqual([expect.stringContaining(`#${revert?.number} takes it back.`)]);
    expect(await pass()).toEqual(["regression unchanged up-to-date"]);
    await merge(revert);
    cluster = await applied(await wantedDigest());
    expect(await pass()).toEqual(["rollout updated verifying"]);
    expect(await fleet.repository.git.git("show", `main:${TRIAGE}`)).toContain("768Mi");
  });

  test("never over a later change of a person, and that is said", async () => {
    cluster = { kind: "read", facts: clusterOf({}) };
    const pull = await changed("1Gi");
    await write({ [TRIAGE]: agentOf("triage", "3Gi") });
    cluster = await failing();
    const outcomes = await pass();
    expect(outcomes.filter((one) => one.startsWith("regression"))).toEqual([]);
    expect(said(pull).at(-1)).toContain("Worse than before");
    expect(said(pull).at(-1)).toMatch(/changed .*since/);
  });
});

describe("what runs is what promotion and the report go by", () => {
  test("the next wave waits until the change runs in the one before, and has not been found to be worse", async () => {
    await write({
      "raos.yaml": FILES["raos.yaml"].replace(
        "[{name: production}]",
        "[{name: production}, {name: second}]\n  promotion: {waves: [[production], [second]]}",
      ),
    });
    await pass();
    for (const pull of open()) await merge(pull);
    cluster = await applied(await wantedDigest());
    await pass();
    for (const pull of open()) await merge(pull);
    const before = { digest: await wantedDigest(), commit: await head() };
    const pull = await changed("1Gi");
    cluster = await applied(before.digest, { commit: before.commit });
    expect(await pass()).toContain("drift skipped not-verified");
    cluster = await applied(await wantedDigest(), { workload: { digest: before.digest } });
    expect(await pass()).toContain("drift skipped not-verified");
    cluster = await applied(await wantedDigest());
    expect(await pass()).toContain("drift opened ");
    expect(open().map(({ title }) => title)).toEqual([
      expect.stringMatching(/^Promote: acme\/triage: memory limit 768Mi → 1Gi/),
    ]);
    expect(said(pull).at(-1)).toContain("### Running; looked at again soon");
  });

  test("what was judged is in the status and in the report", async () => {
    const pull = await changed("1Gi");
    cluster = await applied(await wantedDigest());
    later = 1000;
    await pass();
    later = 17 * MINUTE;
    await pass();
    const status = await readStatus(world(), { agent: "acme/triage" });
    if (status.kind !== "read") throw new Error(status.kind);
    const [row] = statusRows(status.rollouts, status.lastChange);
    expect(row).toMatchObject({ agent: "acme/triage", phase: "running", pull: pull.number });
    expect(row?.verdict).toBe(readRolloutText(said(pull)[0] ?? "")?.rows[0]?.outlook);
    const report = await readReport(world(), 0);
    const became = report?.remedies.find(({ remedy }) => remedy === "drift");
    expect(became).toMatchObject({ merged: 3, worse: 0 });
  });
});
