import { describe, expect, test } from "vitest";
import { type AlertOwners, alertmanagersIn } from "../../../src/app/service/alert-owners.ts";
import { createReadBack } from "../../../src/app/service/read-back.ts";
import { createAlertBoard } from "../../../src/queue/alert-board.ts";
import { findAlertOwner } from "../../../src/remedy/alert-owner.ts";
import { startAlertmanager } from "../../servers/alertmanager.ts";
import { alertOf, BEGAN, directoryOf } from "../../support/alerts/alert-of.ts";
import { shellFor } from "../../support/cli/raos.ts";

const NOW = Date.now();
const LABELS = { namespace: "support", deployment: "triage" };
const there = (cluster: string) => alertOf({ alertname: "AgentOutOfMemory", cluster, ...LABELS });
/** The alert as an Alertmanager lists it. */
const listed = (cluster: string) => ({
  labels: there(cluster).labels,
  annotations: {},
  startsAt: new Date(BEGAN).toISOString(),
  endsAt: "0001-01-01T00:00:00Z",
});

/** A board with a firing alert of each cluster, read back from these Alertmanagers of staging and production. */
async function readBackFrom(staging: string | undefined, production: string | undefined) {
  const environments = [
    { name: "staging", alerts: { cluster: "s1" }, ...(staging && { alertmanager: { url: staging } }) },
    { name: "production", alerts: { cluster: "p1" }, ...(production && { alertmanager: { url: production } }) },
  ];
  const directory = directoryOf({ "support/triage": ["staging", "production"] }, {}, { environments });
  const ownerOf: AlertOwners["ownerOf"] = (_, alert) => {
    const owner = findAlertOwner(alert, directory);
    return owner.kind === "agent" ? owner.agent : null;
  };
  const limits = { most: 100, unknown: 10, ofAgent: 100, ofName: 100 };
  const board = createAlertBoard({ limits, ownerOf: (alert) => ownerOf("r", alert) });
  board.put([there("s1"), there("p1")], { receivedAt: NOW - 60_000 });
  const warnings: unknown[] = [];
  const log = {
    debug: () => {},
    info: () => {},
    error: () => {},
    warn: (fields: unknown) => void warnings.push(fields),
  };
  const readBack = createReadBack({
    shell: shellFor("/", () => NOW),
    owners: {
      forget: () => {},
      read: async () => true,
      isRead: () => true,
      ownerOf,
      alertmanagersOf: () => alertmanagersIn(directory),
      divide: (alerts, repos) => new Map(repos.map((repo) => [repo, alerts])),
    },
    dropped: () => {},
    board: () => board,
    waits: () => true,
  });
  await readBack.read("r", log);
  const states = board.list().map(({ alert }) => `${alert.labels.cluster} ${alert.status}`);
  return { states: states.sort(), warnings, isPartial: readBack.isPartial("r") };
}

describe("an alert ends only by the Alertmanager of its environment", () => {
  test("each ends its own", async () => {
    const [staging, production] = [await startAlertmanager(), await startAlertmanager()];
    staging.said.alerts = [listed("s1")];
    expect(await readBackFrom(staging.url, production.url)).toEqual({
      ...{ states: ["p1 resolved", "s1 firing"], warnings: [], isPartial: false },
    });
  });

  test("what one lists of another's environment says nothing about it", async () => {
    const [staging, production] = [await startAlertmanager(), await startAlertmanager()];
    staging.said.alerts = [listed("p1")];
    expect(await readBackFrom(staging.url, production.url)).toMatchObject({ states: ["p1 resolved", "s1 resolved"] });
  });

  test("one that does not answer ends nothing, and the list of all is not complete", async () => {
    const staging = await startAlertmanager();
    const { states, isPartial, warnings } = await readBackFrom(staging.url, "http://127.0.0.1:1");
    expect([states, isPartial]).toEqual([["p1 firing", "s1 resolved"], true]);
    expect(warnings).toEqual([{ error: "Alertmanager cannot be reached", environment: "production" }]);
  });

  test("an environment without one keeps its alerts", async () => {
    const staging = await startAlertmanager();
    expect(await readBackFrom(staging.url, undefined)).toMatchObject({
      ...{ states: ["p1 firing", "s1 resolved"], isPartial: true },
    });
  });

  test("one of all environments ends all", async () => {
    const all = await startAlertmanager();
    expect(await readBackFrom(all.url, all.url)).toMatchObject({
      ...{ states: ["p1 resolved", "s1 resolved"], isPartial: false },
    });
  });
});
