import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprintOf, readAlerts } from "../../../src/domain/alert/alert-payload.ts";

const NOW = Date.parse("2026-01-31T12:00:00Z");
const firing = (labels: Readonly<Record<string, unknown>> = {}, rest: Readonly<Record<string, unknown>> = {}) => ({
  status: "firing",
  labels: { alertname: "AgentDown", ...labels },
  annotations: { summary: "It is down" },
  startsAt: "2026-01-31T11:58:00Z",
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "http://prometheus:9090/graph?g0.expr=up",
  fingerprint: "c0ffee",
  ...rest,
});
const webhook = (alerts: readonly unknown[], rest: Readonly<Record<string, unknown>> = {}) => ({
  version: "4",
  groupKey: "{}:{}",
  truncatedAlerts: 0,
  status: "firing",
  receiver: "raos",
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: "http://alertmanager:9093",
  alerts,
  ...rest,
});

describe("readAlerts", () => {
  it("reads Alertmanager's webhook", () => {
    expect(readAlerts(webhook([firing()], { truncatedAlerts: 3 }), NOW)).toEqual({
      alerts: [
        {
          name: "AgentDown",
          labels: { alertname: "AgentDown" },
          annotations: { summary: "It is down" },
          status: "firing",
          startsAt: NOW - 120_000,
          endsAt: undefined,
          generatorURL: "http://prometheus:9090/graph?g0.expr=up",
          fingerprint: fingerprintOf({ alertname: "AgentDown" }),
          sender: "alertmanager",
        },
      ],
      origin: "http://alertmanager:9093",
      truncated: 3,
      problems: [],
    });
  });

  it("reads Grafana's, whose version is 1 and which says more", () => {
    const extra = { values: { A: 1 }, valueString: "[ var='A' ]", silenceURL: "http://g/s", dashboardURL: "" };
    const read = readAlerts(webhook([firing({}, extra)], { version: "1", orgId: 1, title: "x", state: "ok" }), NOW);
    expect([read.alerts.map(({ sender }) => sender), read.problems]).toEqual([["grafana"], []]);
  });

  it.each([
    ["Alertmanager's version alone", {}, "alertmanager"],
    ["Grafana's version", { version: "1" }, "grafana"],
    ["Grafana's organisation", { orgId: 1 }, "grafana"],
  ])("tells the sender by %s", (_, rest, sender) => {
    expect(readAlerts(webhook([firing()], rest), NOW).alerts.map((one) => one.sender)).toEqual([sender]);
  });

  it.each([["javascript:alert(1)"], [`http://${"x".repeat(600)}`], ["http://a b"], [7], [null]])(
    "takes no %j for the sender's address",
    (externalURL) => {
      const { alerts, origin } = readAlerts(webhook([firing()], { externalURL }), NOW);
      expect([alerts.length, origin]).toEqual([1, undefined]);
    },
  );

  it("looks at no more labels and annotations than there may be", () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`l${index}`, "x"]));
    const { alerts, problems } = readAlerts(webhook([firing({}, { annotations: many }), firing(many)]), NOW);
    expect([alerts.map(({ annotations }) => Object.keys(annotations).length), problems.length]).toEqual([[64], 1]);
  });

  it("reads what the API lists, without the silenced and the inhibited", () => {
    const listed = (name: string, status: Readonly<Record<string, unknown>>) =>
      firing({ name }, { status, endsAt: "2026-01-31T12:04:00Z", receivers: [{ name: "raos" }] });
    const { alerts, problems } = readAlerts(
      [
        listed("fires", { state: "active", silencedBy: [], inhibitedBy: [] }),
        listed("suppressed", { state: "suppressed", silencedBy: ["a"], inhibitedBy: [] }),
        listed("inhibited", { state: "active", silencedBy: [], inhibitedBy: ["b"] }),
      ],
      NOW,
    );
    expect(alerts.map(({ labels, status, endsAt }) => [labels.name, status, endsAt])).toEqual([
      ["fires", "firing", undefined],
    ]);
    expect(problems).toEqual([]);
  });

  it("reads one alert by itself", () => {
    expect(readAlerts(firing(), NOW).alerts).toHaveLength(1);
  });

  it("knows what has ended", () => {
    const over = firing({}, { status: "resolved", endsAt: "2026-01-31T11:59:00Z" });
    expect(readAlerts(webhook([over]), NOW).alerts).toMatchObject([{ status: "resolved", endsAt: NOW - 60_000 }]);
  });

  it.each([
    ["another version", webhook([firing()], { version: "5" }), /version "5"; send Alertmanager's version 4/],
    ["no alertname", webhook([firing({ alertname: "" })]), /^alerts\.0: has no label alertname/],
    ["a clock that runs ahead", webhook([firing({}, { startsAt: "2026-01-31T12:06:00Z" })]), /compare the clocks/],
    ["a moment that is none", webhook([firing({}, { startsAt: "soon" })]), /startsAt is no moment/],
    ["a label that is no text", webhook([firing({ "a\u001b[31m\u202eb": 1 })]), /^alerts\.0\.labels\.ab: /],
    ["a long value", webhook([firing({ a: "x".repeat(4097) })]), /^alerts\.0\.labels\.a: /],
    ["a long name", webhook([firing({ ["x".repeat(1025)]: "" })]), /^alerts\.0\.labels\.x{64}: /],
    [
      "too many labels",
      webhook([firing(Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`l${at}`, ""])))]),
      /more than 64/,
    ],
    ["too many alerts", Array.from({ length: 10_001 }, () => firing()), /more than 10000 alerts/],
    ["too many in a webhook", webhook(Array.from({ length: 10_001 }, () => firing())), /^no payload/],
    ["nothing", null, /^no payload/],
  ])("says what is wrong with %s", (_, payload, message) => {
    const { alerts, problems } = readAlerts(payload, NOW);
    expect(alerts).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(message)]);
  });

  it("takes the good beside the bad", () => {
    const { alerts, problems } = readAlerts(webhook([firing(), 7, firing({ pod: "b" })]), NOW);
    expect([alerts.length, problems.length]).toEqual([2, 1]);
  });

  it("cuts long annotations, and takes the alert all the same", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`note${index}`, "x".repeat(10_000)]));
    const { alerts, problems } = readAlerts(webhook([firing({}, { annotations: many })]), NOW);
    expect(problems).toEqual([]);
    expect(Object.values(alerts[0]?.annotations ?? {}).map(({ length }) => length)).toEqual(
      Array.from({ length: 64 }, () => 4096),
    );
  });

  it("keeps labels exact, and strips from annotations what moves a terminal or turns text", () => {
    const odd = "a\u001b[31mred\u0007\u202e\u2066b\nc";
    const [alert] = readAlerts(webhook([firing({ odd }, { annotations: { summary: odd } })]), NOW).alerts;
    expect(alert?.labels.odd).toBe(odd);
    expect(alert?.annotations.summary).toBe("aredb\nc");
  });

  it.each(["javascript:alert(1)", "http://a/ b", "http://a/)](x", "ftp://a", ""])(
    "shows no address %j",
    (generatorURL) => {
      expect(readAlerts(webhook([firing({}, { generatorURL })]), NOW).alerts[0]?.generatorURL).toBeUndefined();
    },
  );

  it("never throws, and gives nothing beyond its bounds", () => {
    const one = fc.record(
      {
        status: fc.oneof(fc.constantFrom("firing", "resolved"), fc.jsonValue()),
        labels: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
        annotations: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
        startsAt: fc.oneof(fc.string(), fc.constant("0001-01-01T00:00:00Z"), fc.jsonValue()),
        endsAt: fc.oneof(fc.string(), fc.constant("+275760-09-13T00:00:00Z"), fc.jsonValue()),
        generatorURL: fc.oneof(fc.webUrl(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const payload = fc.oneof(
      fc.jsonValue(),
      fc.array(one),
      one,
      fc.record({ version: fc.constantFrom("4", "1", "9"), alerts: fc.array(fc.oneof(one, fc.jsonValue())) }),
    );
    fc.assert(
      fc.property(payload, (given) => {
        for (const alert of readAlerts(given, NOW).alerts) {
          expect(alert.startsAt).toBeLessThanOrEqual(NOW);
          expect(alert.endsAt === undefined).toBe(alert.status === "firing");
          expect(alert.fingerprint).toMatch(/^[0-9a-f]{64}$/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives the same alerts however often and in whatever order they are sent", () => {
    const labels = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ maxLength: 20 }), { maxKeys: 5 });
    const sent = fc
      .array(labels, { minLength: 1 })
      .chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
      );
    const prints = (list: readonly Readonly<Record<string, string>>[]) => {
      const alerts = list.map((one) => firing(Object.fromEntries(Object.entries(one).reverse())));
      return [...new Set(readAlerts(webhook(alerts), NOW).alerts.map(({ fingerprint }) => fingerprint))].sort();
    };
    fc.assert(
      fc.property(sent, ([list, mixed]) => {
        expect(prints(mixed)).toEqual(prints(list));
        expect(fingerprintOf(list[0] ?? {})).toBe(
          fingerprintOf(Object.fromEntries(Object.entries(list[0] ?? {}).reverse())),
        );
      }),
    );
  });
});
