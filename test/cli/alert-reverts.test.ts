import { describe, expect, test } from "vitest";
import {
  agent,
  alert,
  alertingFleet,
  HOUR,
  MINUTE,
  NOW,
  outcomeTexts,
  type Readings,
  resolved,
} from "../support/cli/alerting-fleet.ts";

const REMEDY = `apiVersion: raos.dev/v1alpha1
kind: Remedy
metadata: {name: provider-down}
spec:
  description: uses another model while the provider fails
  on: {alerts: [ProviderDown]}
  edits:
    - {at: /spec/model/name, to: '"gpt-5-nano"', why: The provider fails.}
  revert: {after: 1d}
  verify: {promql: 'max(errors) < 0.1'}
`;
const DOWN = alert("ProviderDown", "triage");
const DAY = 24 * HOUR;

/** A fleet whose alert was answered, and the answer merged. */
async function merged(readings: Readings = {}, before: (query: string) => Promise<void> = async () => {}) {
  const fleet = await alertingFleet({ triage: agent("triage") }, readings, "", before);
  fleet.place.commit({ "policies/provider-down.yaml": REMEDY });
  await fleet.reconcile([DOWN]);
  const [pull] = await fleet.pulls();
  await fleet.pr("merge", pull?.number ?? 0);
  return fleet;
}

/** It was below a tenth in every minute of a day. */
const WELL: Readings = { errors: Array.from({ length: 1441 }, () => 0) };
/** It was, but for the last hours. */
const WELL_FOR_A_WHILE: Readings = { errors: Array.from({ length: 600 }, () => 0) };
const ENDED = resolved(DOWN);

describe("what a remedy with `revert` changed", () => {
  test("is set back by a pull request once all has been well for so long", async () => {
    const { reconcile, pulls, diff, pr } = await merged(WELL);
    await reconcile([ENDED], NOW + DAY - HOUR);
    expect(await pulls()).toEqual([]);
    await reconcile([ENDED], NOW + DAY + HOUR);
    const [pull] = await pulls();
    expect(pull?.title).toBe("acme/triage: model gpt-5-nano → gpt-5-mini");
    expect(pull?.body).toContain("so what the remedy `provider-down` changed is set back.");
    expect(diff(pull?.branch ?? "").lines).toEqual([
      "-  model: {name: gpt-5-nano, fallbacks: [gpt-5-nano], maxConcurrency: 8, apiKeySecretRef: {name: llm, key: key}}",
      "+  model: {name: gpt-5-mini, fallbacks: [gpt-5-nano], maxConcurrency: 8, apiKeySecretRef: {name: llm, key: key}}",
    ]);
    // It stays as it is, and once it is merged nothing more comes of it.
    await reconcile([ENDED], NOW + DAY + HOUR + MINUTE);
    expect(await pulls()).toEqual([pull]);
    await pr("merge", pull?.number ?? 0);
    await reconcile([ENDED], NOW + DAY + 2 * HOUR);
    expect(await pulls()).toEqual([]);
  });

  test.each<readonly [name: string, readings: Readings, alerts: readonly object[]]>([
    ["verify held only for a while", WELL_FOR_A_WHILE, [ENDED]],
    ["verify cannot be read", {}, [ENDED]],
    ["it is not known whether the alert fires", WELL, []],
  ])("stays: %s", async (_, readings, alerts) => {
    const { reconcile, pulls } = await merged(readings);
    await reconcile(alerts, NOW + DAY + HOUR);
    expect(await pulls()).toEqual([]);
  });

  test("stays while the alert ended less than that time ago", async () => {
    const { reconcile, pulls } = await merged(WELL);
    const late = { ...ENDED, endsAt: new Date(NOW + DAY - HOUR).toISOString() };
    await reconcile([late], NOW + DAY + HOUR);
    expect(await pulls()).toEqual([]);
    await reconcile([late], NOW + 2 * DAY);
    expect(await pulls()).toHaveLength(1);
  });

  test("stays where a person closed the pull request that would set it back", async () => {
    const { reconcile, pulls, pr } = await merged(WELL);
    await reconcile([ENDED], NOW + DAY + HOUR);
    await pr("close", ...(await pulls()).map(({ number }) => number));
    expect(outcomeTexts(await reconcile([ENDED], NOW + DAY + 2 * HOUR))).toContain(
      "skipped acme/triage provider-down.revert: closed-by-a-person",
    );
  });

  test("stays where a person has changed it since, and nothing is asked then", async () => {
    const asked: string[] = [];
    const { reconcile, pulls, place } = await merged(WELL, async (query) => void asked.push(query));
    place.git("pull", "--quiet", "origin", "main");
    place.commit({ "agents/acme/triage.yaml": agent("triage").replace("name: gpt-5-mini", "name: gpt-5") });
    await reconcile([ENDED], NOW + DAY + HOUR);
    expect((await pulls()).filter(({ branch }) => branch.startsWith("raos/alert/"))).toEqual([]);
    // The verdict of the merged change asks for it as well, in the form in which false is an answer.
    expect(asked.filter((query) => query.includes("errors") && !query.includes("bool"))).toEqual([]);
  });

  test("stays where the alert fires again, also after the pull request was opened", async () => {
    const { reconcile, pulls } = await merged(WELL);
    await reconcile([ENDED], NOW + DAY + HOUR);
    expect(await pulls()).toHaveLength(1);
    const again = { ...DOWN, startsAt: new Date(NOW + DAY + HOUR).toISOString() };
    const outcomes = await reconcile([again], NOW + DAY + 2 * HOUR);
    expect(outcomeTexts(outcomes)).toContain("closed acme/triage provider-down.revert: fires-again");
    expect((await pulls()).filter(({ branch }) => branch.includes("revert"))).toEqual([]);
  });
});
