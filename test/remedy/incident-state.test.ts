import { describe, expect, test } from "vitest";
import type { Alert } from "../../src/domain/alert/alert.ts";
import { incidentStateOf, isMeasured, unitWith } from "../../src/remedy/incident-state.ts";
import { BEGAN, ownAlert } from "../support/alerts/alert-of.ts";

const END = BEGAN + 60_000;
const fires = (more: Partial<Alert> = {}) => ownAlert("support/a", {}, more);
const ended = (more: Partial<Alert> = {}) => fires({ endsAt: END, ...more });

describe("the state of an incident", () => {
  test.each<readonly [string, readonly Alert[], object]>([
    ["fires", [fires()], { kind: "firing" }],
    ["fires where one of its alerts is measured", [fires({ noData: "NoData" }), fires()], { kind: "firing" }],
    ["ended where all ended", [ended(), ended({ endsAt: END + 1 })], { kind: "resolved", at: END + 1 }],
    [
      "has no data where nothing that fires is measured",
      [ended(), fires({ noData: "Error", startsAt: BEGAN + 5 }), fires({ noData: "NoData", startsAt: BEGAN + 3 })],
      { kind: "firing-without-data", since: BEGAN + 3 },
    ],
    [
      "did not end where one of its series is gone",
      [ended(), ended({ noData: "MissingSeries" })],
      { kind: "ended-without-data" },
    ],
  ])("%s", (_, alerts, expected) => {
    expect(incidentStateOf(alerts)).toEqual(expected);
  });
});

test("a unit keeps the agents that have an alert left", () => {
  const incident = (agent: string, alert: Alert) =>
    ({ agent, environment: "production", remedy: "memory", alerts: [alert] }) as const;
  const unit = {
    cause: { kind: "alert", agent: "support/*", remedy: "memory", environment: "production" },
    incidents: [incident("support/a", fires()), incident("support/b", fires({ noData: "NoData" }))],
    remedy: undefined,
    agents: ["support/a", "support/b"],
  } as const;
  const { incidents, agents } = unitWith(unit, isMeasured);
  expect([incidents.map(({ agent }) => agent), agents]).toEqual([["support/a"], ["support/a"]]);
});

test("a unit about a whole tenant keeps the tenant", () => {
  const incident = { agent: "support/a", environment: "production", remedy: "quota", alerts: [fires()] };
  const unit = {
    cause: { kind: "alert", agent: "support/*", remedy: "quota", environment: "production" },
    incidents: [{ ...incident, isTenantWide: true }],
    remedy: undefined,
    agents: ["support/*"],
  } as const;
  expect(unitWith(unit, isMeasured).agents).toEqual(["support/*"]);
});
