import { describe, expect, test } from "vitest";
import { HOUR, MI, MINUTE, type Readings } from "../../support/cli/alerting-fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { DAY, tuneFleet, tuneTexts, WEDNESDAY } from "./tune-fleet.ts";

const RAISE = `spec:
  description: gives room to what is busy
  on: {query: 'max by (raos_tenant, raos_agent, raos_environment) (busy) > 0.9', for: 10m}
  evidence:
    - {name: used, promql: 'max(container_memory_working_set_bytes{namespace="{{agent.namespace}}",pod=~"{{agent.pods}}"})', range: 7d, unit: bytes, required: true}
  edits:
    - {at: /spec/runtime/resources/requests/memory, to: evidence.used.max, as: memory, why: This was used.}
  otherwise: none
  whenResolved: close
`;
const REPORT = `spec:
  description: tells of what is busy
  on: {query: 'max by (raos_tenant, raos_agent, raos_environment) (busy) > 0.9'}
  otherwise: report
`;

function busy(names: readonly string[], since?: number): Readings {
  return {
    busy: names.map((name) => ({
      labels: { raos_tenant: "acme", raos_agent: name, raos_environment: "production" },
      value: 0.95,
      ...(since === undefined ? {} : { since }),
    })),
    container_memory_working_set_bytes: [{ labels: {}, value: 480 * MI }],
  };
}

describe("a remedy with a query", () => {
  test("opens a pull request once the query has held at every step of the time, and closes it when it is over", async () => {
    const readings: Record<string, Readings[string]> = { ...busy(["triage"], 5 * MINUTE) };
    const { reconcile, pulls } = await tuneFleet(RAISE, readings);
    expect(tuneTexts(await reconcile([], WEDNESDAY))).toEqual([]);
    Object.assign(readings, busy(["triage"], 11 * MINUTE));
    expect(tuneTexts(await reconcile([], WEDNESDAY))).toEqual(["opened acme/triage weekly"]);
    const [pull] = await pulls();
    expect(pull?.branch).toBe("raos/tune/acme/triage/production/weekly");
    expect(pull?.body).toContain(
      "The remedy `weekly` watches what runs: gives room to what is busy. Its query has held for 10 minutes for `acme/triage` in **production**.",
    );
    expect(tuneTexts(await reconcile([], WEDNESDAY + HOUR))).toEqual(["unchanged acme/triage weekly: up-to-date"]);
    readings.busy = [];
    expect(tuneTexts(await reconcile([], WEDNESDAY + 2 * HOUR))).toEqual(["closed acme/triage weekly: resolved"]);
  });

  test("one query for each environment serves every agent, and their changes are one pull request of the tenant", async () => {
    const names = ["billing", "faq", "triage"];
    const asked: string[] = [];
    const { reconcile, pulls, mergeAt, diff } = await tuneFleet(RAISE, busy(names), names, asked);
    asked.length = 0;
    expect(tuneTexts(await reconcile([], WEDNESDAY))).toEqual(names.map((name) => `opened acme/${name} weekly`));
    expect(asked.filter((query) => query.includes("busy"))).toHaveLength(2);
    const [pull, ...others] = await pulls();
    expect(others).toEqual([]);
    expect(pull?.branch).toBe("raos/tune/acme/=2a/production/weekly");
    expect(pull?.body).toContain("for 3 agents: `acme/billing`, `acme/faq` and `acme/triage` in **production**");
    expect(diff("raos/tune/acme/=2a/production/weekly").lines).toEqual(
      names.map(() => "+  environments: {production: {runtime: {resources: {requests: {memory: 480Mi}}}}}"),
    );
    await mergeAt(WEDNESDAY + HOUR, pull?.number ?? 0);
    expect(tuneTexts(await reconcile([], WEDNESDAY + 2 * DAY))).toEqual(
      names.map((name) => `skipped acme/${name} weekly: cool-down`),
    );
  });

  test("a report is one issue, which is closed when the query no longer holds", async () => {
    const readings: Record<string, Readings[string]> = { ...busy(["triage"]) };
    const { reconcile, issues } = await tuneFleet(REPORT, readings);
    expect(tuneTexts(await reconcile([], WEDNESDAY))).toEqual(["opened acme/triage weekly: report"]);
    const [issue] = await issues();
    expect(issue?.title).toBe("weekly: acme/triage in production");
    expect(issue?.body).toContain("This issue closes when the remedy no longer finds it.");
    expect(issue?.body).not.toMatch(/alert|fires/);
    expect(tuneTexts(await reconcile([], WEDNESDAY + HOUR))).toEqual(["unchanged acme/triage weekly: up-to-date"]);
    readings.busy = [];
    expect(tuneTexts(await reconcile([], WEDNESDAY + 2 * HOUR))).toEqual(["closed acme/triage weekly: resolved"]);
    expect(await issues()).toEqual([]);
  });

  test("an issue that a person closed stays closed for a month, while the query holds", async () => {
    const { reconcile, issues, place } = await tuneFleet(REPORT, busy(["triage"]));
    await reconcile([], WEDNESDAY);
    const [issue] = await issues();
    const at = () => WEDNESDAY + HOUR;
    expect(
      (await raos(place.clone, ["issue", "close", String(issue?.number), "--repo", place.bare], {}, at)).code,
    ).toBe(0);
    const closed = ["unchanged acme/triage weekly: closed-by-a-person"];
    expect(tuneTexts(await reconcile([], WEDNESDAY + 2 * HOUR))).toEqual(closed);
    expect(tuneTexts(await reconcile([], WEDNESDAY + 20 * DAY))).toEqual(closed);
    expect(tuneTexts(await reconcile([], WEDNESDAY + 32 * DAY))).toEqual(["opened acme/triage weekly: report"]);
  });

  test("series of nobody, of another environment or of a tenant that is not there lead to nothing", async () => {
    const labels = (more: Readonly<Record<string, string>>) => ({ labels: more, value: 1 });
    const { reconcile } = await tuneFleet(REPORT, {
      busy: [
        labels({}),
        labels({ raos_tenant: "acme", raos_agent: "triage", raos_environment: "moon" }),
        labels({ raos_tenant: "other", raos_agent: "triage", raos_environment: "production" }),
        labels({ namespace: "acme" }),
      ],
    });
    expect(tuneTexts(await reconcile([], WEDNESDAY))).toEqual([]);
  });
});
