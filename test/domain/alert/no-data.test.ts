import { describe, expect, it } from "vitest";
import { readAlerts } from "../../../src/domain/alert/alert-payload.ts";

const NOW = Date.parse("2026-01-31T12:00:00Z");
const ZERO = "0001-01-01T00:00:00Z";

/** An alert as Grafana's webhook holds it. */
function sent(more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const labels = { alertname: "AgentOutOfMemory" };
  return { status: "firing", labels, annotations: {}, startsAt: "2026-01-31T11:50:00Z", endsAt: ZERO, ...more };
}
const read = (more: Readonly<Record<string, unknown>>) =>
  readAlerts({ version: "1", orgId: 1, alerts: [sent(more)] }, NOW);
const because = (reason: string) => ({ annotations: { grafana_state_reason: reason } });
const over = { status: "resolved", endsAt: "2026-01-31T11:59:00Z" };

describe("an alert that measured nothing", () => {
  it.each([
    ["a plain alert", {}, undefined],
    ["a plain end", over, undefined],
    ["no data as alerting", because("NoData"), "NoData"],
    ["an error as alerting", because("Error"), "Error"],
    ["a kept state without data", because("NoData, KeepLast"), "NoData"],
    ["a kept state after an error", because("Error,KeepLast"), "Error"],
    ["a kept state", because("KeepLast"), "KeepLast"],
    ["a word of a later Grafana", because("Dreaming"), "Unknown"],
    ["an empty reason", because(" , "), undefined],
    ["a reason as a label", { labels: { alertname: "A", grafana_state_reason: "NoData" } }, "NoData"],
    ["the alert in place of a rule without data", { labels: { alertname: "DatasourceNoData" } }, "NoData"],
    ["the alert in place of a rule with an error", { labels: { alertname: "DatasourceError" } }, "Error"],
    ["data that is back", { ...over, labels: { alertname: "DatasourceNoData" } }, undefined],
    ["a series that is gone", { ...over, ...because("MissingSeries") }, "MissingSeries"],
    ["a rule that is paused", { ...over, ...because("Paused") }, "Paused"],
    ["a rule that was changed", { ...over, ...because("Updated") }, "Updated"],
    ["a rule that was deleted", { ...over, ...because("RuleDeleted") }, "RuleDeleted"],
    ["Prometheus' absent(), which measures absence", { labels: { alertname: "AgentAbsent" } }, undefined],
  ])("%s", (_, more, expected) => {
    const { alerts, problems } = read(more);
    expect(problems).toEqual([]);
    expect(alerts.map(({ noData }) => noData)).toEqual([expected]);
  });

  it("is known whoever sends it", () => {
    const [alert] = readAlerts({ version: "4", alerts: [sent(because("NoData"))] }, NOW).alerts;
    expect([alert?.sender, alert?.noData]).toEqual(["alertmanager", "NoData"]);
  });
});

describe("times that are missing", () => {
  it.each([
    ["no startsAt", { startsAt: undefined }],
    ["null", { startsAt: null }],
    ["an empty text", { startsAt: "" }],
    ["Go's zero time", { startsAt: ZERO }],
    ["the zero time of Unix", { startsAt: "1970-01-01T00:00:00Z" }],
  ])("%s: the alert starts when it is received", (_, more) => {
    const { alerts, problems } = read(more);
    expect(problems).toEqual([]);
    expect(alerts).toMatchObject([{ status: "firing", startsAt: NOW, endsAt: undefined, isStartUnknown: true }]);
  });

  it("an end without a start is no later than it says", () => {
    const { alerts } = read({ startsAt: ZERO, endsAt: "2026-01-31T11:40:00Z", status: undefined });
    const end = Date.parse("2026-01-31T11:40:00Z");
    expect(alerts).toMatchObject([{ status: "resolved", startsAt: end, endsAt: end }]);
  });

  it.each([
    ["Go's zero time", ZERO],
    ["the zero time of Unix", "1970-01-01T00:00:00Z"],
    ["an empty text", ""],
  ])("an end without a time, %s, is when it is received", (_, endsAt) => {
    expect(read({ status: "resolved", endsAt }).alerts).toMatchObject([{ status: "resolved", endsAt: NOW }]);
  });

  it("an end that lies before the start is none, unless the sender states it", () => {
    const early = { endsAt: "2026-01-31T11:40:00Z" };
    const { alerts, problems } = readAlerts([sent({ ...early, status: undefined })], NOW);
    expect(alerts).toEqual([]);
    expect(problems).toEqual([expect.stringContaining("endsAt is before startsAt")]);
    expect(read({ ...early, status: "resolved" }).alerts).toMatchObject([
      { status: "resolved", endsAt: NOW - 600_000 },
    ]);
  });
});
