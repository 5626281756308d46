import { describe, expect, test } from "vitest";
import { readRemedies } from "../../../src/remedy/read-remedies.ts";
import { fleetQueryFault, inEnvironment } from "../../../src/remedy/tune/fleet-query.ts";
import { remedyOf } from "../../support/alerts/remedy-of.ts";
import { documentsOf } from "../../support/documents.ts";

const DAY = 86_400_000;

function problemsOf(on: string): readonly string[] {
  const text = `apiVersion: raos.dev/v1alpha1\nkind: Remedy\nmetadata: {name: mine}\nspec:\n  on: ${on}\n`;
  return readRemedies(documentsOf(text)).problems.map(({ pointer, message }) => `${pointer}: ${message}`);
}

describe("when a remedy is applied", () => {
  test("alerts, a schedule, a query, or a query at a time", () => {
    expect(remedyOf("  on: {alerts: [A]}\n").trigger).toEqual({ kind: "alerts" });
    expect(remedyOf('  on: {schedule: "0 6 * * Mon"}\n')).toMatchObject({
      alerts: [],
      trigger: { kind: "schedule", cron: "0 6 * * Mon", timezone: "UTC", query: undefined },
      cooldownMs: 7 * DAY,
    });
    expect(
      remedyOf("  on: {query: up > 0, for: 10m, when: 'alert.labels.job == \"a\"'}\n  cooldown: 1h\n"),
    ).toMatchObject({
      trigger: { kind: "query", query: { promql: "up > 0", forMs: 600_000 } },
      when: { source: 'alert.labels.job == "a"' },
      cooldownMs: 7 * DAY,
    });
    expect(
      remedyOf('  on: {schedule: "0 6 * * Mon", timezone: Asia/Tokyo, query: up}\n  cooldown: 2w\n'),
    ).toMatchObject({
      trigger: { kind: "schedule", timezone: "Asia/Tokyo", query: { promql: "up", forMs: 0 } },
      cooldownMs: 14 * DAY,
    });
  });

  test.each([
    ["{}", ["/spec/on: it names nothing; write alerts, schedule or query"]],
    [
      "{when: 'true'}",
      [
        "/spec/on: it names nothing; write alerts, schedule or query",
        "/spec/on/when: a schedule alone has no labels to look at; remove it",
      ],
    ],
    [
      '{schedule: "0 6 * *"}',
      [
        '/spec/on/schedule: "0 6 * *" is not a schedule of cron: minute, hour, day of the month, month and day of the week, such as "0 6 * * Mon"',
      ],
    ],
    [
      '{schedule: "0 6 * * Funday"}',
      ["/spec/on/schedule: Funday is no day of the week; write numbers from 0 to 6, *, or */5"],
    ],
    ["{query: 'sum(up'}", ["/spec/on/query: the query is not PromQL, near character 7"]],
    [
      "{query: 'up{pod=\"{{agent.name}}\"}'}",
      [
        "/spec/on/query: it is asked once for all agents of an environment, so only {{agent.environment}} is known; remove the others",
      ],
    ],
    ["{query: up, for: ten minutes}", ['/spec/on/for: "ten minutes" is not a span of time; write 15m, 6h or 7d']],
  ])("%s", (on, problems) => {
    expect(problemsOf(on)).toEqual(problems);
  });
});

describe("a query about every agent", () => {
  test.each([
    ["up", undefined],
    ["sum by (raos_agent, raos_tenant) (up)", undefined],
    ["sum by (namespace, pod) (up)", undefined],
    ["sum by (namespace, app_id) (up)", undefined],
    ["sum by (exported_namespace, exported_pod) (up)", "its series only have exported_namespace, exported_pod"],
    ['up{raos_environment="{{agent.environment}}"}', undefined],
    ["sum by (raos_agent) (up)", "its series only have raos_agent"],
    ["sum by (pod) (up)", "its series only have pod"],
    ["sum by (namespace) (up)", "its series only have namespace"],
    ["sum(up) > 5", "its series have no labels"],
  ])("%s", (query, fault) => {
    if (fault === undefined) expect(fleetQueryFault(query)).toBeUndefined();
    else expect(fleetQueryFault(query)).toContain(fault);
  });

  test("has the environment's name filled in", () => {
    expect(inEnvironment('up{e="{{ agent.environment }}",f="{{agent.environment}}"}', "prod")).toBe(
      'up{e="prod",f="prod"}',
    );
  });
});
