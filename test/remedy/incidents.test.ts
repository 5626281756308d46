import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Alert } from "../../src/domain/alert/alert.ts";
import { findStorms, incidentsOf, remedyFor, UNKNOWN_ALERT } from "../../src/remedy/incidents.ts";
import { alertOf, BEGAN, directoryOf, ownAlert, STAGES } from "../support/alerts/alert-of.ts";
import { remedyOf } from "../support/alerts/remedy-of.ts";

const agents = Object.fromEntries(
  ["support/a", "support/b", "support/c", "support/d", "finance/a", "finance/b"].map((key) => [
    key,
    ["staging", "production"],
  ]),
);
const fleet = directoryOf(agents, {}, STAGES);
const asked = directoryOf(agents, {}, { ...STAGES, model: { name: "gpt-5-mini" } });
const memory = remedyOf("  on: {alerts: [AgentOutOfMemory, AgentMemoryNearLimit]}\n", "memory");
const evicted = remedyOf(
  "  on: {alerts: [AgentEvicted]}\n  fold: 'has(alert.labels.node) ? alert.labels.node : \"\"'\n",
  "evicted",
);
const remedies = [memory, evicted];
const HOUR = 3_600_000;

/** `agent environment remedy: alert status`, one line each. */
function told(alerts: readonly Alert[], directory = fleet): readonly string[] {
  return incidentsOf(alerts, directory, remedies).incidents.map(
    ({ agent, environment, remedy, alerts: about }) =>
      `${agent} ${environment} ${remedy}: ${about.map(({ name, status }) => `${name} ${status}`).join(", ")}`,
  );
}

describe("incidents", () => {
  test("alerts of one agent that one remedy answers are one; others are not", () => {
    const alerts = [
      ownAlert("support/b"),
      ownAlert("support/a", { pod: "a-1" }),
      ownAlert("support/a", { alertname: "AgentMemoryNearLimit" }, { startsAt: BEGAN - HOUR }),
      ownAlert("support/a", { alertname: "AgentEvicted" }),
      ownAlert("support/a", { raos_environment: "staging" }),
    ];
    expect(told(alerts)).toEqual([
      "support/a production evicted: AgentEvicted firing",
      "support/a production memory: AgentMemoryNearLimit firing, AgentOutOfMemory firing",
      "support/a staging memory: AgentOutOfMemory firing",
      "support/b production memory: AgentOutOfMemory firing",
    ]);
  });

  test("a doubled alert is one", () => {
    expect(told([ownAlert("support/a"), ownAlert("support/a"), ownAlert("support/a")])).toEqual([
      "support/a production memory: AgentOutOfMemory firing",
    ]);
  });

  test.each([
    ["an end is a later word than its beginning", [{}, { endsAt: BEGAN + HOUR }], "resolved"],
    ["…whichever comes first", [{ endsAt: BEGAN + HOUR }, {}], "resolved"],
    [
      "a new beginning is a later word than the old one's end",
      [{ endsAt: BEGAN + HOUR }, { startsAt: BEGAN + 2 * HOUR }],
      "firing",
    ],
    ["…whichever comes first", [{ startsAt: BEGAN + 2 * HOUR }, { endsAt: BEGAN + HOUR }], "firing"],
  ])("%s", (_, words, expected) => {
    expect(told(words.map((more) => ownAlert("support/a", {}, more)))).toEqual([
      `support/a production memory: AgentOutOfMemory ${expected}`,
    ]);
  });

  test("what leads to none says why", () => {
    const alerts = [
      alertOf({ alertname: "Watchdog" }),
      ownAlert("support/nobody"),
      ownAlert("support/a", { alertname: "SomethingElse" }),
      ownAlert("support/a", { raos_environment: "moon" }),
    ];
    const { incidents, ignored } = incidentsOf(alerts, fleet, remedies);
    expect(incidents).toEqual([]);
    expect(ignored.map(({ alert, reason }) => `${alert.name} ${reason}`).sort()).toEqual([
      "AgentOutOfMemory unknown-agent",
      "AgentOutOfMemory unknown-environment",
      "SomethingElse no-remedy",
      "Watchdog not-about-an-agent",
    ]);
  });

  test.each(["DatasourceNoData", "DatasourceError"])("Grafana's %s is about the rule that it names", (alertname) => {
    const alert = ownAlert("support/a", { alertname, rulename: "AgentOutOfMemory" });
    expect(told([ownAlert("support/a"), alert])).toEqual([
      expect.stringMatching(/^support\/a production memory: .*(DatasourceNoData|DatasourceError) firing/),
    ]);
  });

  test("of two reports of one moment, the one that was measured counts", () => {
    const reports = [ownAlert("support/a", {}, { noData: "NoData" }), ownAlert("support/a")];
    for (const alerts of [reports, reports.toReversed()])
      expect(incidentsOf(alerts, fleet, remedies).incidents.map(({ alerts: [one] }) => one?.noData)).toEqual([
        undefined,
      ]);
  });

  test("alerts that were not measured share no cause", () => {
    const storm = (more: Partial<Alert>) =>
      ["a", "b", "c"].map((name) => ownAlert(`support/${name}`, { alertname: "AgentEvicted", node: "n1" }, more));
    const stormsOf = (more: Partial<Alert>) =>
      findStorms(incidentsOf(storm(more), fleet, remedies).incidents, remedies);
    expect([stormsOf({}).length, stormsOf({ noData: "Error" }).length]).toEqual([1, 0]);
  });

  test("where there is a model, an alert that no remedy answers is its", () => {
    expect(told([ownAlert("support/a", { alertname: "SomethingElse" })], asked)).toEqual([
      `support/a production ${UNKNOWN_ALERT}: SomethingElse firing`,
    ]);
  });

  test("whatever the order and however often, they are the same", () => {
    const labels = fc.record({
      raos_agent: fc.constantFrom("a", "b", "nobody"),
      alertname: fc.constantFrom("AgentOutOfMemory", "AgentEvicted", "Other"),
      pod: fc.constantFrom("x-0", "x-1"),
    });
    const times = fc.record({
      begin: fc.integer({ min: 0, max: 3 }),
      end: fc.option(fc.integer({ min: 0, max: 3 })),
      value: fc.constantFrom("1", "2"),
    });
    const alert = fc.tuple(labels, times).map(([own, { begin, end, value }]) =>
      ownAlert("support/a", own, {
        startsAt: BEGAN + begin * HOUR,
        endsAt: end === null ? undefined : BEGAN + (begin + end) * HOUR,
        annotations: { value },
      }),
    );
    const shuffled = fc.array(alert, { maxLength: 12 }).chain((alerts) =>
      fc.tuple(
        fc.constant(alerts),
        fc.shuffledSubarray([...alerts, ...alerts, ...alerts], {
          minLength: alerts.length * 3,
          maxLength: alerts.length * 3,
        }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([alerts, again]) => {
        expect(incidentsOf(again, asked, remedies)).toEqual(incidentsOf(alerts, asked, remedies));
      }),
      { numRuns: 300 },
    );
  });
});

describe("which remedy answers", () => {
  const only = (when: string) => remedyOf(`  on: {alerts: [AgentEvicted], when: '${when}'}\n`);
  test.each([
    ["its condition holds", 'alert.labels.severity != "info"', true],
    ["its condition does not hold", 'alert.labels.severity == "info"', false],
    ["its condition cannot be worked out", "alert.labels.missing.deep == 1", false],
    ["its condition is no yes or no", '"yes"', false],
    [
      "it looks at the rest of the alert",
      'alert.name == "AgentEvicted" && alert.status == "firing" && alert.startsAt > 0',
      true,
    ],
  ])("where %s", (_, when, expected) => {
    const found = remedyFor(ownAlert("support/a", { alertname: "AgentEvicted", severity: "warning" }), [
      only(when),
      evicted,
    ]);
    expect(found?.name).toBe(expected ? "mine" : "evicted");
  });

  test("none whose alerts do not name it, letter by letter", () => {
    expect(remedyFor(ownAlert("support/a", { alertname: "agentevicted" }), remedies)).toBeUndefined();
  });
});

describe("a storm", () => {
  const on = (node: string | undefined, ...keys: readonly string[]) =>
    keys.map((key) => ownAlert(key, { alertname: "AgentEvicted", ...(node === undefined ? {} : { node }) }));
  const folds = (alerts: readonly Alert[]) =>
    findStorms(incidentsOf(alerts, fleet, remedies).incidents, remedies).map(
      ({ tenant, environment, cause, incidents }) =>
        `${tenant} ${environment} ${cause}: ${incidents.map(({ agent }) => agent).join(" ")}`,
    );

  test("three agents of a tenant with one cause are one", () => {
    expect(folds(on("n1", "support/c", "support/a", "support/b", "finance/a"))).toEqual([
      "support production n1: support/a support/b support/c",
    ]);
  });

  test.each([
    ["two agents", on("n1", "support/a", "support/b")],
    ["three agents of two tenants", on("n1", "support/a", "support/b", "finance/a")],
    ["three agents with two causes", [...on("n1", "support/a", "support/b"), ...on("n2", "support/c")]],
    ["three agents of which one does not say", [...on("n1", "support/a", "support/b"), ...on(undefined, "support/c")]],
    [
      "three agents whose alerts have ended",
      on("n1", "support/a", "support/b", "support/c").map(
        (alert): Alert => ({ ...alert, status: "resolved", endsAt: BEGAN }),
      ),
    ],
    [
      "a remedy that folds nothing",
      ["support/a", "support/b", "support/c"].map((key) => ownAlert(key, { node: "n1" })),
    ],
  ])("%s are none", (_, alerts) => {
    expect(folds(alerts)).toEqual([]);
  });

  test("a cause may be any text", () => {
    const odd = '"],["\u0000__proto__';
    expect(folds(on(odd, "support/a", "support/b", "support/c"))).toEqual([
      `support production ${odd}: support/a support/b support/c`,
    ]);
  });
});
