import { describe, expect, test } from "vitest";
import { HOUR, MI, type Readings } from "../../support/cli/alerting-fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { DAY, tuneFleet, tuneTexts, WEDNESDAY } from "./tune-fleet.ts";

/** Sets the memory request to what was used in a week. */
const RIGHT_SIZE = `spec:
  description: requests what is used
  on: {schedule: "0 6 * * Mon"}
  evidence:
    - {name: used, promql: 'max(container_memory_working_set_bytes{namespace="{{agent.namespace}}",pod=~"{{agent.pods}}"})', range: 7d, unit: bytes, required: true}
  edits:
    - {at: /spec/runtime/resources/requests/memory, to: evidence.used.max * 1.15, as: memory, why: This was used in a week.}
  otherwise: none
`;
const USED: Readings = { container_memory_working_set_bytes: [{ labels: {}, value: 120 * MI }] };
const BRANCH = "raos/tune/acme/triage/production/weekly";
const BOTH = (text: string) => [text, text];

describe("a remedy with a schedule", () => {
  test("is caught up once its time has come, in the overlay of each environment, and an hour later it opens nothing", async () => {
    const { reconcile, pulls, diff, place, mergeAt } = await tuneFleet(RIGHT_SIZE, USED);
    expect(tuneTexts(await reconcile([], WEDNESDAY))).toEqual(BOTH("opened acme/triage weekly"));
    const [production, staging] = await pulls();
    expect([production?.branch, staging?.branch]).toEqual([BRANCH, BRANCH.replace("production", "staging")]);
    expect(production?.title).toBe("acme/triage: memory request 256Mi → 138Mi in production");
    expect(production?.body).toContain(
      "Every Monday at 06:00 (UTC) the remedy `weekly` looks at what runs: requests what is used. This is about `acme/triage` in **production**.",
    );
    expect(production?.body).not.toContain("fires");
    expect(production?.body).toContain("**Evidence**");
    expect(production?.body).toContain("```mermaid");
    expect(diff(BRANCH)).toEqual({
      files: [
        "agents/acme/triage.yaml",
        ...["kustomization", "release", "values"].map((file) => `deploy/production/acme/triage/${file}.yaml`),
      ],
      lines: ["+  environments: {production: {runtime: {resources: {requests: {memory: 138Mi}}}}}"],
    });
    expect(tuneTexts(await reconcile([], WEDNESDAY + HOUR))).toEqual(BOTH("unchanged acme/triage weekly: up-to-date"));
    const plan = await raos(place.clone, ["plan", "--repo", place.bare, "--output", "json"], {}, () => WEDNESDAY);
    const planned: { readonly pulls: readonly { readonly cause: string }[] } = JSON.parse(plan.out);
    expect(planned.pulls.filter(({ cause }) => cause === "tune")).toHaveLength(2);

    await mergeAt(WEDNESDAY + 2 * HOUR, production?.number ?? 0);
    expect(tuneTexts(await reconcile([], WEDNESDAY + 3 * HOUR))).toEqual([
      "skipped acme/triage weekly: cool-down",
      "updated acme/triage weekly: stale-base",
    ]);
    const report = await raos(
      place.clone,
      ["report", "--repo", place.bare, "--output", "json"],
      {},
      () => WEDNESDAY + DAY,
    );
    const reported: { readonly remedies: readonly object[] } = JSON.parse(report.out);
    expect(reported.remedies).toContainEqual(
      expect.objectContaining({ remedy: "weekly", tenant: "acme", proposed: 2, merged: 1 }),
    );
  });

  test("what a person closed is not proposed again, that week or the next", async () => {
    const { reconcile, pulls, prAt } = await tuneFleet(RIGHT_SIZE, USED);
    await reconcile([], WEDNESDAY);
    await prAt(WEDNESDAY + HOUR, "close", ...(await pulls()).map(({ number }) => number));
    const closed = BOTH("skipped acme/triage weekly: cool-down");
    expect(tuneTexts(await reconcile([], WEDNESDAY + 2 * HOUR))).toEqual(closed);
    expect(tuneTexts(await reconcile([], WEDNESDAY + 14 * DAY))).toEqual(
      BOTH("skipped acme/triage weekly: closed-by-a-person"),
    );
    expect(await pulls()).toEqual([]);
  });

  test("what was measured for less than a week changes nothing, and the outcome says why", async () => {
    const young: Readings = { container_memory_working_set_bytes: [{ labels: {}, value: 120 * MI, since: 3 * DAY }] };
    const { reconcile } = await tuneFleet(RIGHT_SIZE, young);
    expect(tuneTexts(await reconcile([], WEDNESDAY))).toEqual(BOTH("skipped acme/triage weekly: too-little-history"));
  });

  test("what was changed on the day before is left alone until the next time", async () => {
    const { reconcile } = await tuneFleet(RIGHT_SIZE.replace("0 6 * * Mon", "0 13 1 6 *"), USED);
    expect(tuneTexts(await reconcile([], WEDNESDAY - 8 * DAY))).toEqual(
      BOTH("skipped acme/triage weekly: changed-lately"),
    );
  });

  test("a time that is more than a week past is not caught up, and one of the time zone's clock is", async () => {
    const { reconcile } = await tuneFleet(RIGHT_SIZE.replace("0 6 * * Mon", "0 6 2 6 *"), USED);
    expect(tuneTexts(await reconcile([], WEDNESDAY))).toEqual([]);
    const late = RIGHT_SIZE.replace('"0 6 * * Mon"', '"0 15 10 6 *", timezone: Asia/Tokyo');
    const tokyo = await tuneFleet(late, USED);
    expect(tuneTexts(await tokyo.reconcile([], WEDNESDAY - 7 * HOUR))).toEqual([]);
    expect(tuneTexts(await tokyo.reconcile([], WEDNESDAY - 5 * HOUR))).toEqual(BOTH("opened acme/triage weekly"));
  });
});
