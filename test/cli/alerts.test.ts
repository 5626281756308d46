import { describe, expect, test } from "vitest";
import { decodeMarker, withoutMarker } from "../../src/pr/marker.ts";
import {
  agent,
  alert,
  alertingFleet,
  HOUR,
  MI,
  MINUTE,
  NOW,
  outcomeTexts,
  type Readings,
  resolved,
} from "../support/cli/alerting-fleet.ts";
import { raos } from "../support/cli/raos.ts";

const USED = { container_memory_working_set_bytes: Array.from({ length: 30 }, () => 480 * MI) };
/** Four replicas that work, with more load than they should have. */
const FULL: Readings = {
  status_target_metric: [1.4],
  status_current_replicas: [4],
  kube_pod_status_ready: [4],
};
const OOM = alert("AgentOutOfMemory", "triage");
const BRANCH = "raos/alert/acme/triage/production/out-of-memory";

describe("an alert becomes a pull request", () => {
  test("at most one, which edits the spec in one line, and its generated files", async () => {
    const { reconcile, pulls, diff } = await alertingFleet(
      { triage: agent("triage"), billing: agent("billing") },
      USED,
    );
    const [outcome, ...others] = await reconcile([OOM]);
    expect(others).toEqual([]);
    expect(outcome).toMatchObject({
      cause: "alert",
      agent: "acme/triage",
      remedy: "out-of-memory",
      kind: "opened",
      pull: { branch: BRANCH, number: expect.any(Number), head: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });
    const { files, lines } = diff(BRANCH);
    expect(files).toEqual([
      "agents/acme/triage.yaml",
      ...["kustomization", "release", "values"].map((file) => `deploy/production/acme/triage/${file}.yaml`),
      ...["kustomization", "release", "values"].map((file) => `deploy/staging/acme/triage/${file}.yaml`),
    ]);
    expect(lines).toEqual([
      "-      requests: {cpu: 100m, memory: 256Mi}",
      "-      limits: {memory: 512Mi} # measured in May",
      "+      requests: {cpu: 100m, memory: 552Mi}",
      "+      limits: {memory: 640Mi} # measured in May",
    ]);
    const [pull] = await pulls();
    expect(pull?.title).toBe("acme/triage: memory limit 512Mi → 640Mi and memory request 256Mi → 552Mi");

    expect(outcomeTexts(await reconcile([OOM, OOM]))).toEqual(["unchanged acme/triage out-of-memory: up-to-date"]);
    expect(outcomeTexts(await reconcile([alert("AgentOutOfMemory", "triage", { pod: "another" }), OOM]))).toEqual([
      "unchanged acme/triage out-of-memory: up-to-date",
    ]);
    expect(outcomeTexts(await reconcile([]))).toEqual(["unchanged acme/triage out-of-memory: up-to-date"]);
    expect((await pulls("all")).filter((one) => one.branch === BRANCH)).toHaveLength(1);
  });

  test("where an environment sets the value, its overlay is edited", async () => {
    const overlay = "{production: {runtime: {resources: {limits: {memory: 600Mi}}}}}";
    const { reconcile, diff } = await alertingFleet({ triage: agent("triage", { environments: overlay }) });
    await reconcile([OOM]);
    expect(diff(BRANCH)).toEqual({
      files: [
        "agents/acme/triage.yaml",
        ...["kustomization", "release", "values"].map((file) => `deploy/production/acme/triage/${file}.yaml`),
      ],
      lines: [
        "-  environments: {production: {runtime: {resources: {limits: {memory: 600Mi}}}}}",
        "+  environments: {production: {runtime: {resources: {limits: {memory: 750Mi}}}}}",
      ],
    });
  });

  test("with --dry-run it is foreseen, and nothing is written", async () => {
    const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    expect(outcomeTexts(await reconcile([OOM], NOW, "--dry-run"))).toEqual(["opened acme/triage out-of-memory"]);
    expect(await pulls()).toEqual([]);
  });

  test("of two remedies of one agent the second follows once the first is merged", async () => {
    const { reconcile, pulls, pr, diff } = await alertingFleet({ triage: agent("triage") }, FULL);
    const both = [OOM, alert("KubeHpaMaxedOut", "triage", { horizontalpodautoscaler: "triage" })];
    expect(outcomeTexts(await reconcile(both))).toEqual([
      "opened acme/triage hpa-at-max",
      "opened acme/triage out-of-memory",
    ]);
    const [first, second] = await pulls();
    await pr("merge", first?.number ?? 0);
    await reconcile(both, NOW + MINUTE);
    await pr("merge", second?.number ?? 0);
    expect(outcomeTexts(await reconcile(both, NOW + 2 * MINUTE))).toEqual([
      "skipped acme/triage hpa-at-max: cool-down",
      "skipped acme/triage out-of-memory: cool-down",
    ]);
    expect(() => diff(BRANCH)).toThrow();
  });

  test("what two environments' alerts ask of one shared value is asked once", async () => {
    const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    const both = [OOM, alert("AgentOutOfMemory", "triage", { cluster: "s1" })];
    for (const at of [NOW, NOW + MINUTE]) await reconcile(both, at);
    expect(await pulls()).toHaveLength(1);
    expect(outcomeTexts(await reconcile(both, NOW + 2 * MINUTE)).toSorted()).toEqual([
      "skipped acme/triage out-of-memory: same-change-is-open",
      "unchanged acme/triage out-of-memory: up-to-date",
    ]);
  });

  test("without evidence that can be had it says so", async () => {
    const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    await reconcile([OOM]);
    const [pull] = await pulls();
    expect(pull?.title).toBe("acme/triage: memory limit 512Mi → 640Mi");
    expect(pull?.body).toContain("**unavailable**: there is no data in this range");
    expect(pull?.body).toContain("**unavailable**: no Loki is configured");
  });

  test("a crash after a change is answered with what ran before, out of Git's history", async () => {
    const { place, reconcile, diff, pulls, pr } = await alertingFleet({ triage: agent("triage") });
    place.commit({ "agents/acme/triage.yaml": agent("triage").replace("triage:1.0.0", "triage:1.1.0") });
    await reconcile([]);
    await pr("merge", ...(await pulls()).map(({ number }) => number));
    // Something else was changed since; what runs was not.
    const described = agent("triage").replace("triage:1.0.0", "triage:1.1.0").replace("Works on", "Works hard on");
    place.commit({ "agents/acme/triage.yaml": described });
    // The workshop's commits are made now, so the alert is too.
    const now = Date.now();
    const crash = alert("AgentRestarting", "triage", {}, { startsAt: new Date(now + MINUTE).toISOString() });
    expect(outcomeTexts(await reconcile([crash], now + 2 * MINUTE))).toEqual(["opened acme/triage crash-loop"]);
    expect(diff("raos/alert/acme/triage/production/crash-loop").lines).toEqual([
      "-    image: ghcr.io/acme/triage:1.1.0",
      "+    image: ghcr.io/acme/triage:1.0.0",
    ]);
  });
});

describe("a person's word", () => {
  test("a closed pull request means no, until what is asked for is another thing", async () => {
    const { reconcile, pulls, pr, place } = await alertingFleet({ triage: agent("triage") });
    await reconcile([OOM]);
    await pr("close", ...(await pulls()).map(({ number }) => number));
    expect(outcomeTexts(await reconcile([OOM], NOW + MINUTE))).toEqual([
      "skipped acme/triage out-of-memory: closed-by-a-person",
    ]);
    expect(outcomeTexts(await reconcile([OOM], NOW + 7 * HOUR))).toEqual([
      "skipped acme/triage out-of-memory: closed-by-a-person",
    ]);
    place.commit({ "agents/acme/triage.yaml": agent("triage").replace("memory: 512Mi", "memory: 800Mi") });
    // The alert began before that, so it says nothing about the new value.
    const now = Date.now();
    expect(outcomeTexts(await reconcile([OOM], now))).toEqual([
      "skipped acme/triage out-of-memory: changed-since-alert",
    ]);
    const again = alert("AgentOutOfMemory", "triage", {}, { startsAt: new Date(now + HOUR).toISOString() });
    expect(outcomeTexts(await reconcile([again], now + 2 * HOUR))).toEqual([
      "opened acme/triage out-of-memory: held-back",
    ]);
    // Once it is rolled out, an alert that begins after it is about it.
    await pr("merge", ...(await pulls()).map(({ number }) => number));
    expect(outcomeTexts(await reconcile([again], now + 4 * HOUR))).toContain("opened acme/triage out-of-memory");
  });

  test("no other remedy asks for what they refused, for a week: an issue names the pull request", async () => {
    const use = { working_set: [500 * MI], status_restarts_total: [1] };
    const { reconcile, pulls, issues, pr } = await alertingFleet({ triage: agent("triage") }, use);
    const near = (at: number) =>
      alert("AgentMemoryNearLimit", "triage", {}, { startsAt: new Date(at - 10 * MINUTE).toISOString() });
    await reconcile([near(NOW)]);
    const [pull] = await pulls();
    expect(pull?.title).toContain("memory limit 512Mi → 640Mi");
    await pr("close", pull?.number ?? 0);
    expect(outcomeTexts(await reconcile([OOM], NOW + 3 * HOUR))).toEqual([
      "opened acme/triage out-of-memory: held-back",
    ]);
    const [issue] = await issues();
    expect(issue?.body).toContain("A change was found that RAOS does not make by itself. A person has to decide:");
    expect(issue?.body).toContain(
      `changes this value in the same way, less than a week ago: pull request ${pull?.number}`,
    );
    expect(await pulls()).toEqual([]);
    const later = alert("AgentOutOfMemory", "triage", {}, { startsAt: new Date(NOW + 8 * 24 * HOUR).toISOString() });
    expect(outcomeTexts(await reconcile([later], NOW + 8 * 24 * HOUR + HOUR))).toContain(
      "opened acme/triage out-of-memory",
    );
  });

  test("where they changed the value since, the pull request about the old one is closed", async () => {
    const { reconcile, place, pulls } = await alertingFleet({ triage: agent("triage") });
    await reconcile([OOM]);
    place.commit({ "agents/acme/triage.yaml": agent("triage").replace("memory: 512Mi", "memory: 800Mi") });
    expect(outcomeTexts(await reconcile([OOM], NOW + MINUTE))).toEqual([
      "closed acme/triage out-of-memory: changed-since",
    ]);
    expect((await pulls()).filter(({ branch }) => branch === BRANCH)).toEqual([]);
  });

  test("what they lowered a moment ago is asked about, and not raised again", async () => {
    const before = agent("triage", { scaling: "{min: 1, max: 6, hpa: {cpu: 70}}" });
    const { reconcile, place, issues } = await alertingFleet({ triage: before }, FULL);
    place.commit({ "agents/acme/triage.yaml": agent("triage") });
    const now = Date.now() + MINUTE;
    const full = alert("KubeHpaMaxedOut", "triage", { horizontalpodautoscaler: "triage" });
    expect(outcomeTexts(await reconcile([full], now))).toEqual(["opened acme/triage hpa-at-max: held-back"]);
    const [issue] = await issues();
    expect(issue?.body).toContain("a person changed this value less than a day ago");
  });

  test("more changes a day than the agent allows become a question", async () => {
    const supervision = "{allowedPaths: [/spec/runtime, /spec/scaling], maxChangesPerDay: 1}";
    const { reconcile, issues } = await alertingFleet({ triage: agent("triage", { supervision }) }, FULL);
    await reconcile([OOM]);
    const full = alert("KubeHpaMaxedOut", "triage", { horizontalpodautoscaler: "triage" });
    expect(outcomeTexts(await reconcile([OOM, full]))).toContain("opened acme/triage hpa-at-max: max-changes-per-day");
    expect((await issues())[0]?.body).toContain("supervision.maxChangesPerDay");
    expect(outcomeTexts(await reconcile([full], NOW + 25 * HOUR))).toContain("opened acme/triage hpa-at-max");
    expect(outcomeTexts(await reconcile([full], NOW + 25 * HOUR))).toContain(
      "closed acme/triage hpa-at-max: superseded",
    );
    expect(await issues()).toEqual([]);
  });

  test("what the agent does not allow is shown as dropped, and a person is asked", async () => {
    const supervision = "{allowedPaths: [/spec/scaling]}";
    const { reconcile, issues } = await alertingFleet({ triage: agent("triage", { supervision }) });
    expect(outcomeTexts(await reconcile([OOM]))).toEqual(["opened acme/triage out-of-memory: not-allowed"]);
    const body = (await issues())[0]?.body ?? "";
    expect(body).toContain("the agent's supervision.allowedPaths does not include this path");
    expect(body).toContain("A rule has the answer, but RAOS may not make this change by itself");
    expect(body).toContain("- `/spec/runtime/resources/limits/memory`: `512Mi` → `640Mi`");
    expect(body).toContain("    allowedPaths: [/spec/scaling, /spec/runtime/resources]\n");
    expect(body).not.toContain("No rule has an answer");
  });
});

describe("an alert that ends", () => {
  test("is said on the pull request, once, and unsaid where it fires again", async () => {
    const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    await reconcile([OOM]);
    const bodyNow = async () => (await pulls())[0]?.body ?? "";
    const before = await bodyNow();
    expect(outcomeTexts(await reconcile([resolved(OOM)]))).toEqual(["updated acme/triage out-of-memory: text-changed"]);
    expect(await bodyNow()).toMatch(
      /^> \[!NOTE\]\n> The alert ended at 2026-06-01 11:55 UTC, before this was merged\./,
    );
    expect(outcomeTexts(await reconcile([resolved(OOM)], NOW + HOUR))).toEqual([
      "unchanged acme/triage out-of-memory: up-to-date",
    ]);
    expect(outcomeTexts(await reconcile([]))).toEqual(["unchanged acme/triage out-of-memory: up-to-date"]);
    const again = { ...OOM, startsAt: new Date(NOW).toISOString() };
    expect(outcomeTexts(await reconcile([again], NOW + MINUTE))).toEqual([
      "updated acme/triage out-of-memory: text-changed",
    ]);
    expect(withoutMarker(await bodyNow())).toBe(withoutMarker(before));
    expect(decodeMarker(await bodyNow())).toEqual(decodeMarker(before));
  });

  test("closes it where the remedy says so", async () => {
    const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    const full = alert("KubeHpaMaxedOut", "triage", { horizontalpodautoscaler: "triage" });
    await reconcile([full]);
    expect(outcomeTexts(await reconcile([resolved(full)]))).toEqual(["closed acme/triage hpa-at-max: resolved"]);
    expect(await pulls()).toEqual([]);
  });

  test("leads to nothing where it came and went unseen", async () => {
    const { reconcile } = await alertingFleet({ triage: agent("triage") });
    expect(outcomeTexts(await reconcile([resolved(OOM)]))).toEqual([
      "unchanged acme/triage out-of-memory: nothing-to-do",
    ]);
  });
});

describe("what is no pull request is an issue", () => {
  const missing = alert("AgentSecretMissing", "triage", { container: "agent" });

  test("one, which follows what fires, and closes when it ends", async () => {
    const { reconcile, issues } = await alertingFleet({ triage: agent("triage") });
    expect(outcomeTexts(await reconcile([missing]))).toEqual(["opened acme/triage secret-missing: report"]);
    expect(outcomeTexts(await reconcile([missing]))).toEqual(["unchanged acme/triage secret-missing: up-to-date"]);
    const more = alert("AgentSecretMissing", "triage", { container: "daprd" });
    expect(outcomeTexts(await reconcile([missing, more]))).toEqual(["updated acme/triage secret-missing: report"]);
    const [issue] = await issues();
    expect(issue?.title).toBe("AgentSecretMissing: acme/triage in production");
    expect(issue?.body).toMatch(/^`AgentSecretMissing` \(2 alerts\) fires for `acme\/triage` in \*\*production\*\*/);
    expect(outcomeTexts(await reconcile([missing, resolved(more)]))).toEqual([
      "updated acme/triage secret-missing: report",
    ]);
    expect(outcomeTexts(await reconcile([resolved(missing), resolved(more)]))).toEqual([
      "closed acme/triage secret-missing: resolved",
    ]);
    expect((await issues("all")).map(({ number, state }) => ({ number, state }))).toEqual([
      { number: issue?.number, state: "closed" },
    ]);
  });

  test("a storm that shrinks stays one, also where a person said no to it", async () => {
    const names = ["one", "two", "three"];
    const { reconcile, pulls, pr } = await alertingFleet(Object.fromEntries(names.map((name) => [name, agent(name)])));
    const storm = names.map((name) => alert("AgentModelProviderErrors", name, { gen_ai_provider_name: "openai" }));
    await reconcile(storm);
    expect((await pulls()).map(({ branch }) => branch)).toEqual([
      "raos/alert/acme/=2a/production/model-provider-errors",
    ]);
    const [first, ...left] = storm;
    const fewer = [resolved(first ?? {}), ...left];
    await reconcile(fewer, NOW + MINUTE);
    expect(await pulls()).toHaveLength(1);
    await pr("close", ...(await pulls()).map(({ number }) => number));
    await reconcile(fewer, NOW + 2 * MINUTE);
    await reconcile(fewer, NOW + 7 * HOUR);
    expect(await pulls()).toEqual([]);
  });

  test("a storm over more agents than a plain marker holds is one, too, and is kept up to date", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `agent-${String(index).padStart(3, "0")}`);
    const limits = "  limits: {openPulls: 500, pullsPerHour: 500}";
    const agents = Object.fromEntries(names.map((name) => [name, agent(name)]));
    const { reconcile, pulls, diff } = await alertingFleet(agents, {}, limits);
    const storm = names.map((name) => alert("AgentModelProviderErrors", name, { gen_ai_provider_name: "openai" }));
    await reconcile(storm);
    const branch = "raos/alert/acme/=2a/production/model-provider-errors";
    const open = (await pulls()).filter((pull) => pull.branch.startsWith("raos/alert/"));
    expect(open.map((pull) => pull.branch)).toEqual([branch]);
    expect(diff(branch).files.filter((file) => file.startsWith("agents/"))).toHaveLength(100);
    const again = outcomeTexts(await reconcile(storm, NOW + MINUTE));
    expect(new Set(again.map((word) => word.split(" ")[0]))).toEqual(new Set(["unchanged"]));
  }, 240_000);

  test("an edit that a spec cannot hold is reported, with what is wrong with it", async () => {
    const { place, reconcile, issues, pulls } = await alertingFleet({ triage: agent("triage") });
    place.commit({
      "policies/odd.yaml": `apiVersion: raos.dev/v1alpha1
kind: Remedy
metadata: {name: odd}
spec:
  on: {alerts: [OurOddAlert]}
  edits: [{at: /spec/scaling/min, to: current + 98, as: integer, why: Odd.}]
`,
    });
    expect(outcomeTexts(await reconcile([alert("OurOddAlert", "triage")]))).toEqual(["opened acme/triage odd: denied"]);
    expect(await pulls()).toEqual([]);
    const [issue] = await issues();
    expect(issue?.body).toContain("RAOS planned a change, but may not make it.");
    expect(issue?.body).toMatch(/agents\/acme\/triage\.yaml:\d+ \/spec\/scaling/);
  });

  test("a storm with one cause is one for the tenant", async () => {
    const names = ["one", "two", "three", "four"];
    const { reconcile, issues } = await alertingFleet(Object.fromEntries(names.map((name) => [name, agent(name)])));
    const storm = names.map((name) => alert("KubePodEvicted", name, { node: "worker-7" }));
    const outcomes = outcomeTexts(await reconcile(storm));
    expect(outcomes).toHaveLength(4);
    const found = await issues();
    expect(found).toHaveLength(1);
    expect(found[0]?.title).toBe("KubePodEvicted: 4 agents in production");
    expect(outcomeTexts(await reconcile(storm)).every((word) => word.startsWith("unchanged"))).toBe(true);
    expect(await issues()).toHaveLength(1);
  });
});

describe("a policy that accepts", () => {
  const overlay = "{staging: {runtime: {resources: {limits: {memory: 400Mi}}}}}";
  const inStaging = alert("AgentOutOfMemory", "triage", { cluster: "s1" });
  const supervised = (autoMerge: string) =>
    agent("triage", {
      environments: overlay,
      supervision: `{allowedPaths: [/spec/runtime/resources], autoMerge: ${autoMerge}}`,
    });

  test("merges a low risk by itself, with the pass after the one that opened it", async () => {
    const { reconcile, place, pulls } = await alertingFleet({ triage: supervised("low-risk") });
    expect(outcomeTexts(await reconcile([inStaging]))).toEqual(["opened acme/triage out-of-memory"]);
    expect(outcomeTexts(await reconcile([inStaging], NOW + MINUTE, "--dry-run"))).toEqual([
      "merged acme/triage out-of-memory: low-risk",
    ]);
    expect(await pulls()).toHaveLength(1);
    expect(outcomeTexts(await reconcile([inStaging], NOW + MINUTE))).toEqual([
      "merged acme/triage out-of-memory: low-risk",
    ]);
    place.git("pull", "--quiet", "origin", "main");
    expect(place.read("agents/acme/triage.yaml")).toContain("limits: {memory: 500Mi}");
    expect(await pulls()).toEqual([]);
  });

  test.each([
    ["the agent does not say so", supervised("never"), inStaging],
    ["it is production's", supervised("low-risk").replaceAll("staging", "production"), OOM],
  ])("leaves to a person what is none: %s", async (_, spec, fires) => {
    const { reconcile } = await alertingFleet({ triage: spec });
    await reconcile([fires]);
    expect(outcomeTexts(await reconcile([fires], NOW + MINUTE))).toEqual([
      "unchanged acme/triage out-of-memory: up-to-date",
    ]);
  });
});

describe("whose an alert is", () => {
  test.each([
    ["an agent that is not there", alert("AgentOutOfMemory", "nobody"), "skipped *: unknown-agent: AgentOutOfMemory"],
    ["no agent", alert("Watchdog", "x", { raos_agent: "" }), "skipped *: unknown-agent: Watchdog"],
    [
      "an environment that is not there",
      alert("AgentOutOfMemory", "triage", { cluster: "moon" }),
      "skipped *: unknown-environment: AgentOutOfMemory",
    ],
    ["an alert that nobody answers", alert("SomethingElse", "triage"), "skipped *: no-remedy: SomethingElse"],
  ])("%s is a named reason, and no guess", async (_, one, expected) => {
    const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    expect(outcomeTexts(await reconcile([one]))).toEqual([expected]);
    expect(await pulls()).toEqual([]);
  });

  test("is found by namespace and pod where the alert has no label of ours", async () => {
    const { reconcile } = await alertingFleet({ triage: agent("triage") });
    const labels = {
      alertname: "KubeContainerOOMKilled",
      namespace: "acme",
      pod: "triage-6c7d9f4b8d-x2k9p",
      cluster: "p1",
    };
    expect(outcomeTexts(await reconcile([{ ...OOM, labels }]))).toEqual(["opened acme/triage out-of-memory"]);
  });
});

describe("bad input of --alerts", () => {
  const payload = (rest: object) => JSON.stringify({ version: "4", alerts: [OOM], ...rest });

  test.each([
    ["no JSON", "hello", 2, /-:1: no JSON; give a webhook payload, or one a line/],
    ["another version", payload({ version: "5" }), 2, /the payload is of version "5"; send Alertmanager's version 4/],
    ["no alerts", "{}", 2, /no payload of Alertmanager or Grafana/],
    [
      "an alert from the future",
      payload({ alerts: [{ ...OOM, startsAt: "2031-01-01T00:00:00Z" }] }),
      2,
      /lies in the future/,
    ],
    ["an alert without a name", payload({ alerts: [{ ...OOM, labels: { pod: "a" } }] }), 2, /has no label alertname/],
    ["some that were left out", payload({ truncatedAlerts: 7 }), 0, /the sender left out 7 alerts/],
    ["one of two that cannot be read", payload({ alerts: [OOM, { labels: 1 }] }), 0, /alerts\.1\.labels/],
    ["Grafana's version", payload({ version: "1", state: "alerting" }), 0, /^$/],
    ["what /api/v2/alerts answers", JSON.stringify([OOM]), 0, /^$/],
    ["nothing that fires", "[]", 0, /^$/],
  ])("%s", async (_, input, code, said) => {
    const { place } = await alertingFleet({ triage: agent("triage") });
    const argv = ["reconcile", "--repo", place.bare, "--alerts", "-", "--output", "json"];
    const ran = await raos(place.clone, argv, {}, () => NOW, input);
    expect(ran.err).toMatch(said);
    expect(ran.code).toBe(code);
  });

  test("a file that is not there", async () => {
    const { place } = await alertingFleet({ triage: agent("triage") });
    const ran = await raos(place.clone, ["reconcile", "--repo", place.bare, "--alerts", "nowhere.json"]);
    expect([ran.code, ran.err]).toEqual([3, expect.stringContaining("nowhere.json cannot be read")]);
  });
});

test("two Prometheus of a pair send one alert, told apart by a label: one pull request", async () => {
  const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
  const both = ["a", "b"].map((replica) => alert("AgentOutOfMemory", "triage", { prometheus_replica: replica }));
  expect(outcomeTexts(await reconcile(both))).toEqual(["opened acme/triage out-of-memory"]);
  expect(await pulls()).toHaveLength(1);
});

test("Azure Monitor's common alert schema is refused, with a sentence that says what to send", async () => {
  const { place, pulls } = await alertingFleet({ triage: agent("triage") });
  const azure = {
    schemaId: "azureMonitorCommonAlertSchema",
    data: { essentials: { alertRule: "AgentOutOfMemory", monitorCondition: "Fired" }, alertContext: {} },
  };
  const input = JSON.stringify(azure);
  const ran = await raos(place.clone, ["reconcile", "--repo", place.bare, "--alerts", "-"], {}, Date.now, input);
  expect(ran.code).not.toBe(0);
  expect(ran.err).toMatch(/Alertmanager|Grafana/);
  expect(await pulls()).toEqual([]);
});
