import { describe, expect, test } from "vitest";
import { Config } from "../../src/domain/kinds/config.ts";
import { contradictionOf, sourcesOf } from "../../src/domain/kinds/environment-sources.ts";

const config = (spec: object) => Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config", spec });
const SHARED = { url: "https://thanos.example" };
const TWO = [
  { name: "staging", alerts: { cluster: "staging-eu" } },
  { name: "production", alerts: { cluster: "prod-eu", region: "eu" } },
];

describe("the sources of an environment", () => {
  test("are those of the whole configuration, with its labels", () => {
    expect(sourcesOf(config({ environments: TWO, prometheus: SHARED }), "production").prometheus).toEqual({
      ...SHARED,
      matchers: { cluster: "prod-eu", region: "eu" },
      isShared: true,
    });
  });

  test("are its own, without the labels that they add only to what they send on", () => {
    const own = { url: "https://prometheus.prod.example", externalLabels: { cluster: "prod-eu" } };
    const [staging, production] = TWO;
    const spec = { environments: [staging, { ...production, prometheus: own }], prometheus: SHARED };
    expect(sourcesOf(config(spec), "production").prometheus).toEqual({
      ...own,
      matchers: { region: "eu" },
      isShared: false,
    });
    expect(sourcesOf(config(spec), "staging").prometheus?.isShared).toBe(false);
  });

  test("answer nothing about an environment whose labels they contradict", () => {
    const prometheus = { ...SHARED, externalLabels: { cluster: "staging-eu" } };
    const spec = config({ environments: TWO, prometheus, loki: SHARED });
    expect(contradictionOf(spec, "staging", "prometheus")).toBeUndefined();
    expect(contradictionOf(spec, "production", "loki")).toBeUndefined();
    expect(contradictionOf(spec, "production", "prometheus")).toBe(
      'its externalLabels have "cluster: staging-eu", and the environment production has "cluster: prod-eu"; name its own in environments[].prometheus in raos.yaml',
    );
  });
});
