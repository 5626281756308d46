import { expect, test, vi } from "vitest";
import { judge } from "../../charts/rules/shapes.ts";
import { describeReal } from "../component.ts";
import { type Recorded, recorded } from "./recorded.ts";

vi.setConfig({ testTimeout: 60_000 });

/**
 * What KEDA's operator 2.21.0 gave a Prometheus after 48 seconds, recorded once: it was built from its module
 * (github.com/kedacore/keda/v2/cmd/operator, with all of its scalers, which takes too long for each machine that tests) and run
 * against a real API server. The ScaledObject `triage` had a Prometheus that answers and one that nobody listens for, `faq` one
 * that answers, each asked every two seconds.
 */
const both = ["honours", "renames"].map((how) => [how, recorded(`keda-${how}`)] as const);

/** Half an hour in which what has been counted grows by so much each minute. */
function lasting(series: Recorded, perMinute: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(series).map(([name, value]) => {
      const grows = value > 0 && /^[a-z_]*(errors|errors_total|requests_total)[{]/.test(name);
      return [name, grows ? `${value}+${perMinute}x40` : `${value}x40`];
    }),
  );
}

const older = (series: Recorded): Recorded =>
  Object.fromEntries(
    Object.entries(series).map(([name, value]) => [name.replace("object_errors_total", "object_errors"), value]),
  );

describeReal(["promtool", "helm"], "the rules on what KEDA's operator gives", () => {
  test.each(both)(
    "a trigger that fails each time is an alert, under a Prometheus that %s its labels",
    async (_, all) => {
      expect(await judge({ shape: "ready", series: lasting(all, 4), firing: { 35: ["AgentScalerFailing"] } })).toBe("");
    },
  );

  test.each(both)("so it is by the name before 2.14, under a Prometheus that %s its labels", async (_, all) => {
    expect(
      await judge({ shape: "ready", series: lasting(older(all), 4), firing: { 35: ["AgentScalerFailing"] } }),
    ).toBe("");
  });

  test.each(both)("a trigger that failed once, or fails now and then, is none: %s", async (_, all) => {
    for (const perMinute of [0, 0.5])
      expect(await judge({ shape: "ready", series: lasting(all, perMinute), firing: { 35: [] } })).toBe("");
  });

  test.each(both)("another agent's ScaledObject is none of one's own: %s", async (_, all) => {
    const others = Object.entries(all).map(
      ([name, value]) => [name.replaceAll('"triage"', '"billing"'), value] as const,
    );
    expect(await judge({ shape: "ready", series: lasting(Object.fromEntries(others), 4), firing: { 35: [] } })).toBe(
      "",
    );
  });

  test("only the ScaledObject's count tells of it: the trigger's own stood still", () => {
    const [, all] = both[0] ?? [];
    const counted = (name: string) =>
      Object.entries(all ?? {}).filter(([series]) => series.startsWith(name) && series.includes('"triage"'));
    expect(counted("keda_scaler_detail_errors_total").map(([, value]) => value)).toEqual([0, 0]);
    expect(counted("keda_scaled_object_errors_total").map(([, value]) => value)).toEqual([24]);
  });
});
