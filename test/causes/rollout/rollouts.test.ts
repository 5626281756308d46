import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readReport } from "../../../src/app/report/read-report.ts";
import { openWorld } from "../../../src/app/world/open-world.ts";
import { valuesDigest } from "../../../src/domain/deployed/values-digest.ts";
import type { ClusterReading } from "../../../src/domain/rollout/facts.ts";
import { readStatus } from "../../../src/pass/status/read-status.ts";
import { statusRows } from "../../../src/pass/status/status-rows.ts";
import type { World } from "../../../src/pass/world.ts";
import { readRolloutText } from "../../../src/pr/rollout/rollout-text.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { clusterOf, condition, deployment, kustomization, release, source } from "../../rollout/facts.ts";
import type { Pull } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { mergePull } from "../../servers/github/pulls/merging.ts";
import { shellFor } from "../../support/cli/raos.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait.ts";

const MINUTE = 60_000;
/** Chosen for all tests, so that no later change of raos.yaml is one of the agents. */
const WITH_PROMETHEUS = {
  ...FILES,
  "raos.yaml": FILES["raos.yaml"].replace("spec:", 'spec:\n  prometheus: {url: "http://127.0.0.1:9"}'),
};
const VALUES = "deploy/production/acme/triage/values.yaml";

let fleet: ReviewedFleet;
let later = 0;
/** What the cluster shows. */
let cluster: ClusterReading;
/** What Prometheus has for a query, a value for each minute; undefined: nothing. Left out: none is configured. */
let measured: ((query: string, at: number) => number | undefined) | undefined;
beforeEach(async () => {
  later = 0;
  measured = undefined;
  cluster = { kind: "closed", words: "no cluster is configured" };
  fleet = await reviewedFleet(WITH_PROMETHEUS, { now: () => Date.now() });
  await fleet.settle();
  // What was set up long ago is no other change in the time that is compared.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 180 * MINUTE, shouldAdvanceTime: true });
});
afterEach(async () => {
  vi.useRealTimers();
  await fleet.close();
});

const world = (): World => ({
  ...fleet.opened.world,
  now: () => Date.now() + later,
  hasCluster: () => cluster.kind !== "closed",
  readCluster: async () => cluster,
  evidenceReader: (config, environment) => {
    const reader = fleet.opened.world.evidenceReader(config, environment);
    const value = measured;
    return value === undefined
      ? reader
      : {
          ...reader,
          async readRange({ query, start, end }) {
            const times = Array.from(
              { length: Math.floor((end - start) / MINUTE) },
              (_, index) => start + index * MINUTE,
            );
            const points = times.flatMap((at) => {
              const found = value(query, at);
              return found === undefined ? [] : [[at, found] as const];
            });
            if (points.length === 0) return { kind: "empty", query };
            return { kind: "read", query, link: undefined, series: [{ labels: {}, points }] };
          },
        };
  },
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
/** The newest deployment that GitHub shows, with its statuses, oldest first; the first ones are of how the fleet was set up. */
const lastDeployment = () => {
  const { environment, statuses = [] } = fleet.repository.deployments.at(-1) ?? {};
  return [environment, ...statuses.map(({ state }) => state)].join(" ");
};
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
    await write({ "raos.yaml": FILES["raos.yaml"] });
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
    later = 36 * MINUTE;
    const [judged] = await pass();
    expect(judged).toMatch(/^rollout updated (verified|cannot-tell)$/);
    expect(said(pull)).toHaveLength(1);
    expect(lastDeployment()).toBe("production/acme/triage queued in_progress success");
    fleet.github.requests.splice(0);
    expect(await pass()).toEqual([]);
    // Merged pull requests that are judged cost nothing but the list that shows them.
    expect(fleet.github.requests.filter(({ method, path }) => method !== "GET" && path !== "/graphql")).toEqual([]);
  });

  test("that nothing measures it, where there is a cluster and no Prometheus; not that something could not be read", async () => {
    await write({ "raos.yaml": FILES["raos.yaml"] });
    cluster = { kind: "read", facts: clusterOf({}) };
    const pull = await changed("1Gi");
    cluster = await applied(await wantedDigest());
    await pass();
    later = 16 * MINUTE;
    expect(await pass()).toEqual(["rollout updated cannot-tell"]);
    expect(said(pull)[0]).toContain("raos.yaml has no Prometheus for this environment");
    expect(said(pull)[0]).not.toContain("could not be");
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
    expect(lastDeployment()).toBe("production/acme/triage failure");
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

  test.each([1, 2, 3, 4])(
    "where the process ends at write %i, nothing is lost, and nothing is said or opened twice",
    async (last) => {
      cluster = { kind: "read", facts: clusterOf({}) };
      const pull = await changed("1Gi");
      cluster = await failing();
      let writes = 0;
      fleet.github.before = async ({ method, path, body }) => {
        const isRead = method === "GET" || (path.endsWith("/graphql") && /^\{"query":"\s*query/.test(body ?? ""));
        if (isRead || path.includes("access_tokens")) return;
        writes += 1;
        if (writes >= last) throw new Error("the process ends here");
      };
      await pass().catch(() => []);
      fleet.github.before = undefined;
      const { world: github, url } = fleet.github;
      const env = { APP_ID: String(github.app.id), PRIVATE_KEY: github.app.privateKey, GITHUB_API_URL: url };
      const next = await openWorld(shellFor(temporaryFolder(), Date.now, env), `${url}/acme/fleet`);
      const { now, hasCluster, readCluster } = world();
      for (let again = 0; again < 3; again += 1) {
        await reconcile({ ...next.world, now, hasCluster, readCluster });
        // What had no answer is looked for after some seconds.
        later += MINUTE;
      }
      await next.close();
      const reverts = open().filter(({ headRef }) => headRef === `raos/regression/${pull.number}`);
      expect(reverts).toHaveLength(1);
      expect(said(pull)).toEqual([expect.stringContaining(`#${reverts[0]?.number} takes it back.`)]);
    },
  );
});

describe("what is measured decides", () => {
  /** A value that moves a little, and is multiplied once the change runs. */
  const moving = (base: number, at: number, factor: number, changedAt: number) =>
    base * (1 + 0.1 * Math.sin(at / 17 / MINUTE)) * (at >= changedAt ? factor : 1);

  async function judged(factors: { readonly latency: number; readonly failed: number }): Promise<Pull> {
    const pull = await changed("1Gi");
    const changedAt = Date.now();
    measured = (query, at) => {
      if (query.includes("status=~")) return moving(0.05, at, factors.failed, changedAt);
      if (query.includes("latency_bucket")) return moving(0.4, at, factors.latency, changedAt);
      if (query.includes("completed_count")) return moving(20, at, 1, changedAt);
      return query.includes("kube_pod_status_ready") || query.includes("replicas") ? 2 : undefined;
    };
    cluster = await applied(await wantedDigest());
    expect(await pass()).toContain("rollout updated verifying");
    later = 30 * MINUTE;
    expect(await pass()).toContain("rollout skipped verifying");
    later = 40 * MINUTE;
    return pull;
  }

  test("nothing moved: verified, with every figure", async () => {
    const pull = await judged({ latency: 1, failed: 1 });
    expect(await pass()).toContain("rollout updated verified");
    expect(said(pull)[0]).toContain("### Verified");
    expect(said(pull)[0]).toContain("| latency, 95th percentile | same |");
    expect(open()).toEqual([]);
  });

  test("two signals got worse: taken back, with the figures, which later passes keep", async () => {
    const pull = await judged({ latency: 3, failed: 20 });
    expect(await pass()).toContain("rollout updated worse");
    const [revert] = open();
    expect(revert?.headRef).toBe(`raos/regression/${pull.number}`);
    expect(await pass()).toContain("rollout updated worse");
    expect(said(pull)[0]).toContain(`#${revert?.number} takes it back.`);
    expect(said(pull)[0]).toContain("Two signals about different things say so.");
    expect(said(pull)[0]?.match(/\*\*`acme\/triage` in `production`: worse/g)).toHaveLength(1);
  });

  test("one signal alone: cannot tell, and nothing is taken back", async () => {
    const pull = await judged({ latency: 3, failed: 1 });
    expect(await pass()).toContain("rollout updated cannot-tell");
    expect(said(pull)[0]).toContain("### Cannot tell whether it is well");
    expect(open()).toEqual([]);
  });
});

describe("where several changes reached an agent in the same time", () => {
  test("what got worse is said in one issue that lists them, and none is taken back", async () => {
    const first = await changed("1Gi");
    later = 5 * MINUTE;
    const second = await changed("2Gi");
    const changedAt = Date.now();
    measured = (query, at) => {
      if (query.includes("status=~")) return at >= changedAt ? 1 : 0.05;
      if (query.includes("latency_bucket"))
        return (at >= changedAt ? 1.2 : 0.4) * (1 + 0.1 * Math.sin(at / 17 / MINUTE));
      if (query.includes("completed_count")) return 20;
      return query.includes("kube_pod_status_ready") || query.includes("replicas") ? 2 : undefined;
    };
    cluster = await applied(await wantedDigest());
    await pass();
    later = 60 * MINUTE;
    expect(await pass()).toEqual(
      expect.arrayContaining(["rollout opened several-candidates", "rollout updated cannot-tell"]),
    );
    const issues = [...fleet.repository.issues.values()];
    expect(issues.map(({ title }) => title)).toEqual(["Worse in production, for one of several changes: acme/triage"]);
    expect(issues[0]?.body).toContain(`- #${second.number}\n- `);
    // The subject of the other's merge: its number is no link, since anybody may write a commit's subject.
    expect(issues[0]?.body).toMatch(new RegExp(`- [0-9a-f]{7} Merge pull request #&#8203;${first.number} from`));
    expect(open()).toEqual([]);
    await pass();
    expect(fleet.repository.issues.size).toBe(1);
  });
});

describe("what runs is what promotion and the report go by", () => {
  test("the next wave waits until the change runs in the one before, and was not found to be worse there", async () => {
    await write({
      "raos.yaml": WITH_PROMETHEUS["raos.yaml"].replace(
        "[{name: production}]",
        "[{name: production}, {name: second}]\n  promotion: {waves: [[production], [second]]}",
      ),
    });
    await pass();
    for (const pull of open()) await merge(pull);
    cluster = await applied(await wantedDigest());
    await pass();
    later = 36 * MINUTE;
    await pass();
    for (const pull of open()) await merge(pull);
    const before = { digest: await wantedDigest(), commit: await head() };
    later = 0;
    const pull = await changed("1Gi");
    cluster = await applied(before.digest, { commit: before.commit });
    expect(await pass()).toContain("drift skipped not-verified");
    cluster = await applied(await wantedDigest(), { workload: { digest: before.digest } });
    expect(await pass()).toContain("drift skipped not-verified");
    cluster = await applied(await wantedDigest());
    // It runs, and nobody knows yet whether it is well: neither in the pass that says so, nor in those after it.
    for (const step of ["rollout updated verifying", "rollout skipped verifying"])
      expect(await pass()).toEqual(expect.arrayContaining([step, "drift skipped not-verified"]));
    later = 36 * MINUTE;
    await pass();
    expect(await pass()).toContain("drift opened ");
    expect(open().map(({ title }) => title)).toEqual([
      expect.stringMatching(/^Promote: acme\/triage: memory limit 768Mi → 1Gi/),
    ]);
    expect(said(pull).at(-1)).toMatch(/### (Verified|Cannot tell)/);
  });

  test("what was judged is in the status and in the report", async () => {
    const pull = await changed("1Gi");
    cluster = await applied(await wantedDigest());
    later = 1000;
    await pass();
    later = 37 * MINUTE;
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
