import { describe, expect, test } from "vitest";
import { agent, alert, alertingFleet, MI, outcomeTexts } from "../support/cli/alerting-fleet.ts";

const MEMORY = "container_memory_working_set_bytes";
const each = (value: number) => Array.from({ length: 60 }, () => value);
const NEAR = (cluster: string) => alert("AgentMemoryNearLimit", "triage", { cluster });

const IDLE = alert("AgentIdle", "triage");
const SCALED = agent("triage", { scaling: "{min: 3, max: 4, hpa: {cpu: 70}}" });
const CALLS = "raos_agent:calls:sum1h";

describe("an answer that is partial", () => {
  const warning = "No StoreAPIs matched: sidecar is away";

  test("lowers nothing, and the reviewer reads why", async () => {
    const zeros = { [`count_over_time(${CALLS}`]: each(336), [CALLS]: each(0) };
    const whole = await alertingFleet({ triage: SCALED }, zeros, "", undefined, { infos: ["PromQL info: x"] });
    await whole.reconcile([IDLE]);
    expect((await whole.pulls()).map(({ title }) => title)).toEqual(["acme/triage: fewest replicas 3 → 1"]);
    for (const notes of [{ warnings: [warning] }, { isPartial: true }]) {
      const fleet = await alertingFleet({ triage: SCALED }, zeros, "", undefined, notes);
      await fleet.reconcile([IDLE]);
      expect(await fleet.pulls()).toEqual([]);
      const [issue] = await fleet.issues();
      expect(issue?.body).toContain("not all of the evidence for it could be read");
      expect(issue?.body).toContain("**Some evidence is partial**");
    }
  });

  test("may raise something, and the reviewer reads that it is partial", async () => {
    const memory = { [MEMORY]: each(480 * MI) };
    const fleet = await alertingFleet({ triage: agent("triage") }, memory, "", undefined, { warnings: [warning] });
    await fleet.reconcile([NEAR("p1")]);
    const [pull] = await fleet.pulls();
    expect(pull?.title).toContain("memory limit 512Mi → 640Mi");
    expect(pull?.body).toContain("**Some evidence is partial**");
    expect(pull?.body).toContain("Prometheus warns: No StoreAPIs matched: sidecar is away");
  });
});

describe("two clusters in one Prometheus", () => {
  const both = { [`${MEMORY}{cluster="p1",`]: each(480 * MI), [`${MEMORY}{cluster="s1",`]: each(1500 * MI) };

  test("the memory of each environment is that of its own cluster, and the reviewer reads which", async () => {
    for (const [own, other, title] of [
      ["s1", "p1", "acme/triage: memory limit 512Mi → 1725Mi and memory request 256Mi → 1725Mi"],
      ["p1", "s1", "acme/triage: memory limit 512Mi → 640Mi and memory request 256Mi → 552Mi"],
    ] as const) {
      const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") }, both);
      await reconcile([NEAR(own)]);
      const [pull] = await pulls();
      expect(pull?.title).toBe(title);
      expect(pull?.body).toContain(`cluster="${own}"`);
      expect(pull?.body).not.toContain(`cluster="${other}"`);
    }
  });

  test("what one cluster's own Prometheus holds answers nothing about the other", async () => {
    const { reconcile, pulls, issues } = await alertingFleet(
      { triage: agent("triage") },
      { [MEMORY]: each(480 * MI) },
      "  loki: {url: 'http://127.0.0.1:9', externalLabels: {cluster: s1}}",
    );
    const outcomes = await reconcile([alert("AgentRestarting", "triage")]);
    expect(outcomeTexts(outcomes)).toEqual(["opened acme/triage crash-loop: question"]);
    expect(await pulls()).toEqual([]);
    expect((await issues())[0]?.body).toContain(
      'its externalLabels have "cluster: s1", and the environment production has "cluster: p1"',
    );
  });
});
