import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RolloutOutlook } from "../../src/domain/rollout/report.ts";
import type { RolloutReadings, SeriesReading } from "../../src/domain/rollout-verdict/readings.ts";
import type { Confounder } from "../../src/domain/rollout-verdict/rollout-verdict.ts";
import type { Signal } from "../../src/domain/rollout-verdict/signal.ts";
import { judgeOutlook, judgeSignals } from "../../src/verdict/judge-outlook.ts";
import { EMPTY, minutes, NOT_READ, read, readings, TIMES, wavering } from "./readings.ts";

const since = (factor: number, level = 1) =>
  read(minutes((minute) => level * (minute > 0 ? factor : 1) * wavering(minute)));
const turning = (value: number, before = 0) => read(minutes((minute) => (minute > 0 ? value : before)));
const silent = read(minutes((minute) => (minute > 0 ? 0 : 2 * wavering(minute))));
const alert = (alertname: string, from = 5): SeriesReading =>
  read(
    minutes((minute) => (minute >= from ? 1 : undefined)),
    { alertname },
  );
const slo = { errorRate: 0.01, p95Seconds: undefined };

describe("the verdict of a roll-out", () => {
  const cases: readonly (readonly [string, Partial<RolloutReadings>, string, string])[] = [
    ["nothing moved", {}, "same", "unchanged"],
    ["latency halved", { latency: since(0.5) }, "better", "improved"],
    ["errors fell", { failed: since(0.3, 0.04) }, "better", "improved"],
    ["latency doubled, and nothing else", { latency: since(2) }, "cannot-tell", "one-signal-worse"],
    ["latency and errors doubled", { latency: since(2), failed: since(3, 0.04) }, "worse", "two-signals"],
    [
      "latency doubled and its objective is missed: one thing, seen twice",
      { latency: since(2), objectives: { errorRate: undefined, p95Seconds: 1 } },
      "cannot-tell",
      "one-signal-worse",
    ],
    [
      "latency doubled, and its own alert fires",
      { latency: since(2), alerts: alert("AgentLatencyHigh") },
      "cannot-tell",
      "one-signal-worse",
    ],
    [
      "latency doubled, and another alert fires",
      { latency: since(2), alerts: alert("AgentOutOfMemory") },
      "worse",
      "two-signals",
    ],
    [
      "latency doubled, and an alert fires that fired before",
      { latency: since(2), alerts: alert("AgentOutOfMemory", -90) },
      "cannot-tell",
      "one-signal-worse",
    ],
    [
      "latency doubled, and the provider fails",
      { latency: since(2), alerts: alert("AgentModelProviderErrors") },
      "cannot-tell",
      "one-signal-worse",
    ],
    [
      "an alert fires, and nothing else moved",
      { alerts: alert("AgentOutOfMemory") },
      "cannot-tell",
      "one-signal-worse",
    ],
    ["the error budget burns fast", { objectives: slo, failed: since(40, 0.04) }, "worse", "slo-fast-burn"],
    ["it burned before, too", { objectives: slo, failed: since(1, 1.2) }, "same", "unchanged"],
    [
      "containers restart, and the agent is not ready",
      { restarts: turning(1), ready: turning(0, 2) },
      "worse",
      "two-signals",
    ],
    ["containers restart as they do all day", { restarts: turning(1, 1) }, "same", "unchanged"],
    ["half of the replicas are ready", { ready: turning(1, 2) }, "cannot-tell", "one-signal-worse"],
    ["its remedy's query holds now", { verify: turning(1) }, "better", "improved"],
    ["its remedy's query does not hold", { verify: turning(0, 0) }, "cannot-tell", "one-signal-worse"],
    [
      "its remedy's query does not hold, and latency doubled",
      { verify: turning(0), latency: since(2) },
      "worse",
      "two-signals",
    ],
    ["its remedy's query is not answered", { verify: EMPTY }, "cannot-tell", "incomplete"],
    ["nobody called after", { calls: silent, failed: EMPTY }, "cannot-tell", "no-traffic"],
    ["hardly anybody calls", { calls: since(1, 0.005), failed: EMPTY }, "cannot-tell", "incomplete"],
    [
      "calls are three times as many, and nothing else moved",
      { calls: since(3, 2), failed: since(3, 0.04) },
      "same",
      "unchanged",
    ],
    ["tokens of a call doubled, and latency", { tokens: since(2, 900), latency: since(2) }, "worse", "two-signals"],
    ["Prometheus could not be asked for latency", { latency: NOT_READ }, "cannot-tell", "incomplete"],
    [
      "latency has a gap",
      { latency: read(minutes((minute) => (minute > 20 ? undefined : wavering(minute)))) },
      "cannot-tell",
      "incomplete",
    ],
    [
      "the agent is a day old",
      { latency: read(minutes((minute) => (minute < -1440 ? undefined : wavering(minute)))) },
      "cannot-tell",
      "incomplete",
    ],
    [
      "neither calls nor latency are measured, and it is ready",
      { calls: EMPTY, failed: EMPTY, latency: EMPTY },
      "same",
      "unchanged",
    ],
    [
      "nothing is measured",
      { calls: EMPTY, failed: EMPTY, latency: EMPTY, ready: EMPTY, wanted: EMPTY, restarts: EMPTY },
      "cannot-tell",
      "nothing-measured",
    ],
    [
      "a node was drained, and all is worse",
      {
        latency: since(2),
        failed: since(3, 0.04),
        drained: {
          ...read(
            minutes((minute) => (minute === -3 ? 1 : 0)),
            { node: "node-7" },
          ),
        },
      },
      "cannot-tell",
      "confounded",
    ],
    [
      "a node was drained the day before",
      {
        drained: read(
          minutes((minute) => (minute === -1440 ? 1 : 0)),
          { node: "node-7" },
        ),
      },
      "same",
      "unchanged",
    ],
    [
      "the autoscaler doubled the replicas",
      { wanted: turning(4, 2), ready: turning(4, 2) },
      "cannot-tell",
      "confounded",
    ],
    [
      "the change itself doubled them",
      { wanted: turning(4, 2), ready: turning(4, 2), changesScaling: true },
      "same",
      "unchanged",
    ],
    [
      "another change reached the agent",
      { confounders: [{ kind: "another-change", what: "#7" }] },
      "cannot-tell",
      "confounded",
    ],
  ];

  test.each(cases)("%s", (_, differences, outlook, reason) => {
    expect(judgeOutlook(readings(differences))).toMatchObject({ outlook, reason: { kind: reason } });
  });

  test("a roll-out of three hours is not compared", () => {
    const times = { ...TIMES, changeAt: TIMES.settledAt - 3 * 3_600_000 };
    expect(judgeOutlook(readings({ times }))).toMatchObject({
      reason: { kind: "confounded", by: [{ kind: "long-rollout", minutes: 180 }], isWorse: false },
    });
  });

  test("every figure that was used is kept", () => {
    const { signals } = judgeOutlook(readings({ objectives: slo, failed: since(40, 0.04), verify: turning(1) }));
    expect(signals.map(({ kind, outcome }) => `${kind}: ${outcome}`)).toEqual([
      "verify: better",
      "slo-burn: worse",
      "errors: worse",
      "readiness: same",
      "restarts: same",
      "alerts: same",
      "metric: same",
      "metric: cannot-tell",
      "metric: same",
    ]);
    const burn = signals.find((one) => one.kind === "slo-burn");
    expect([burn?.before?.hour, burn?.after?.fiveMinutes].map((one) => Math.round(one ?? 0))).toEqual([2, 80]);
    const errors = signals.find((one) => one.kind === "errors");
    expect(errors?.counts).toMatchObject({ kind: "compared", shift: "up" });
    expect(errors?.placebos).toEqual({ placebos: 650, asFar: 0 });
    expect(errors?.shown?.points.length).toBeGreaterThan(150);
  });
});

describe("whatever the signals", () => {
  const outcome = fc.constantFrom<RolloutOutlook>("better", "same", "worse", "cannot-tell");
  const fact = { before: 0, after: 1, reason: undefined };
  const not = { kind: "not-compared", before: undefined, after: undefined } as const;
  const reason = fc.constantFrom(
    "gaps",
    "no-traffic",
    "zeroes",
    "constant",
    "not-measured",
    "not-read",
    "few-requests",
  );
  const signal: fc.Arbitrary<Signal> = fc.oneof(
    fc.record({
      kind: fc.constant("metric"),
      metric: fc.constantFrom("latency", "tokens", "traffic"),
      outcome,
      comparison: reason.map((one) => ({ ...not, reason: one })),
      shown: fc.constant(undefined),
    }),
    fc.record({
      kind: fc.constant("errors"),
      outcome,
      counts: reason.map((one) => ({ ...not, reason: one })),
      placebos: fc.constant(undefined),
      shown: fc.constant(undefined),
    }),
    fc.record({ kind: fc.constantFrom("readiness", "restarts"), outcome }).map((one) => ({ ...fact, ...one })),
    fc.record({ kind: fc.constantFrom("slo-latency"), outcome }).map((one) => ({ ...fact, objective: 1, ...one })),
    fc
      .record({
        kind: fc.constantFrom("verify"),
        outcome,
        query: fc.constantFrom("up", "a_latency", "b_restarts_total"),
      })
      .map((one) => ({ ...fact, ...one })),
    fc
      .record({
        kind: fc.constantFrom("alerts"),
        outcome,
        firing: fc.array(fc.constantFrom("AgentLatencyHigh", "AgentOutOfMemory", "Other", "AgentIdle")),
      })
      .map((one) => ({ ...one, reason: undefined })),
  );
  const burn = outcome.map(
    (one): Signal => ({
      kind: "slo-burn",
      outcome: one,
      objective: 0.01,
      before: undefined,
      after: undefined,
      reason: undefined,
    }),
  );
  const confounders = fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constant<readonly Confounder[]>([{ kind: "another-change", what: "x" }]) },
  );

  test("one signal that is not the fast burn is never worse, and no confounded roll-out is", () => {
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 8 }), confounders, (signals, others) => {
        const { outlook } = judgeSignals(TIMES, signals, others);
        const worse = signals.filter((one) => one.outcome === "worse");
        if (worse.length < 2 || others.length > 0) expect(outlook).not.toBe("worse");
        if (worse.length > 0) expect(["worse", "cannot-tell"]).toContain(outlook);
        if (outlook === "better") expect(signals.some((one) => one.outcome === "better")).toBe(true);
      }),
    );
  });

  test("their order changes nothing", () => {
    const all = fc.uniqueArray(fc.oneof(signal, burn), {
      maxLength: 9,
      selector: (one) => (one.kind === "metric" ? one.metric : one.kind),
    });
    const shuffled = all.chain((signals) =>
      fc.tuple(fc.constant(signals), fc.shuffledSubarray(signals, { minLength: signals.length })),
    );
    fc.assert(
      fc.property(shuffled, confounders, ([signals, other], others) => {
        expect(judgeSignals(TIMES, other, others)).toEqual(judgeSignals(TIMES, signals, others));
      }),
    );
  });

  test("no readings make it throw", () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(0, 1, 2, Number.NaN, Number.MAX_VALUE));
    const around = fc.integer({ min: TIMES.changeAt - 40 * 60_000, max: TIMES.settledAt + 40 * 60_000 });
    const points = fc.array(fc.tuple(around, number), { maxLength: 40 });
    const some = fc.array(fc.record({ labels: fc.dictionary(fc.string(), fc.string()), points }), { maxLength: 3 });
    const reading: fc.Arbitrary<SeriesReading> = fc.oneof(
      fc.constant(EMPTY),
      fc.constant(NOT_READ),
      some.map((series): SeriesReading => ({ kind: "read", query: "q", link: undefined, series })),
    );
    const names = [
      "calls",
      "failed",
      "latency",
      "tokens",
      "restarts",
      "ready",
      "wanted",
      "drained",
      "alerts",
      "verify",
    ];
    const broken = fc.record(Object.fromEntries(names.map((name) => [name, reading])));
    fc.assert(
      fc.property(broken, (differences) => {
        const verdict = judgeOutlook(readings({ objectives: { errorRate: 0.01, p95Seconds: 1 }, ...differences }));
        expect(["better", "same", "worse", "cannot-tell"]).toContain(verdict.outlook);
      }),
    );
  });
});
