import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { peakQuery, usualPeak } from "../../../src/domain/query/peaks.ts";
import { toolPath } from "../../../tools/find.ts";
import { describeReal } from "../../real/component.ts";

const SHAPES = [
  ['up{a="b"}', 'max_over_time(up{a="b"}[360s])'],
  ["max by (pod) (up)", "max by (pod) (max_over_time(up[360s]))"],
  ["max(up) by (pod)", "max(max_over_time(up[360s])) by (pod)"],
  ["((up))", "((max_over_time(up[360s])))"],
  ["sum by (pod) (up)", "max_over_time((sum by (pod) (up))[360s:60s])"],
  ["max(a) / max(b)", "max_over_time((max(a) / max(b))[360s:60s])"],
  ["max(up offset 5m)", "max_over_time((max(up offset 5m))[360s:60s])"],
  ["up > 5 # much", "max_over_time((up > 5 # much\n)[360s:60s])"],
  ["a - rate(b[5m])", "max_over_time((a - rate(b[5m]))[360s:60s])"],
] as const;

describe("the peak within a step", () => {
  test.each(SHAPES)("of %s", (query, peak) => expect(peakQuery(query, "max", 360)).toBe(peak));

  test.each([
    ["an expression that is asked for at every scrape", "sum(up)", "max", 60],
    ["none wanted", "up", "none", 360],
    ["another dialect", "up default 0 keep", "max", 360],
  ] as const)("is not read with %s", (_, query, peak, step) => expect(peakQuery(query, peak, step)).toBe(query));

  test("of samples at every scrape is taken over two, since one window may hold none", () => {
    expect(peakQuery("max(up)", "max", 60)).toBe("max(max_over_time(up[120s]))");
  });

  test("of a long step takes few evaluations", () => {
    expect(peakQuery("sum(up)", "min", 2520)).toBe("min_over_time((sum(up))[2520s:126s])");
    expect(peakQuery("min(up)", "min", 2520)).toBe("min(min_over_time(up[2520s]))");
    expect(peakQuery("max(up)", "min", 2520)).toBe("min_over_time((max(up))[2520s:126s])");
  });
});

describe("which extreme a query is about", () => {
  test.each([
    ["max(up)", "max"],
    ["sum(kube_pod_status_ready)", "max"],
    ["a / b", "max"],
    ["min by (pod) (up)", "min"],
    ["bottomk(3, up)", "min"],
    ["a / rate(b[5m])", "max"],
    ["sum(rate(a[5m])) / sum(rate(b[5m]))", "none"],
    ["histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))", "none"],
    ["max_over_time(rate(up[5m])[1h:1m])", "none"],
    ["max_over_time(up[1h])", "none"],
    ["time()", "none"],
    ["up{", "none"],
  ])("%s: %s", (query, peak) => expect(usualPeak(query)).toBe(peak));
});

describeReal(["promtool"], "queries of peaks", () => {
  test("are PromQL", () => {
    for (const [, query] of SHAPES)
      execFileSync(toolPath("promtool"), ["--experimental", "promql", "format", query], { stdio: "pipe" });
  });
});
