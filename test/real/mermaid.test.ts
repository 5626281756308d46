import * as fc from "fast-check";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Evidence, MeasureUnit } from "../../src/domain/alert/evidence.ts";
import { statsOf } from "../../src/observe/prometheus.ts";
import { drawChart } from "../../src/pr/body/chart.ts";
import { toolPath } from "../../tools/find.ts";
import { openBrowser, showOnGitHub } from "../../tools/github-page.ts";
import { describeReal } from "./component.ts";

const UNITS: readonly MeasureUnit[] = ["bytes", "cores", "seconds", "ratio", "count", "dollars"];

function evidence(unit: MeasureUnit, lines: readonly (readonly number[])[], threshold: number | undefined) {
  const series = lines.map((values) => ({
    labels: {},
    points: values.map((value, index) => [index * 60_000, value] as const),
  }));
  const rest = { id: "e1", name: "x", query: "", link: undefined } as const;
  return { kind: "series", unit, series, stats: statsOf(series), threshold, ...rest } as const satisfies Evidence;
}

describeReal(["chromium"], "charts in a pull request, drawn by Mermaid in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(toolPath("chromium"));
  });
  afterAll(() => browser.close());

  test("every chart is drawn, each line and the threshold, whatever the numbers are", {
    timeout: 120_000,
  }, async () => {
    const number = fc.oneof(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 20 }));
    const line = fc.array(number, { minLength: 2, maxLength: 300 });
    const lines = fc.array(line, { minLength: 1, maxLength: 6 });
    const charts = fc.sample(fc.tuple(fc.constantFrom(...UNITS), lines, fc.option(number, { nil: undefined })), {
      numRuns: 24,
      seed: 7,
    });
    const page = await browser.newPage();
    const body = charts.map(([unit, values, threshold]) => drawChart(evidence(unit, values, threshold))).join("\n\n");
    await showOnGitHub(page, { title: "Charts", number: 1, body, meta: "" });
    const drawn: readonly number[] = JSON.parse(
      await page.evaluate(
        "JSON.stringify([...document.querySelectorAll('pre.mermaid')].map((one) => one.querySelectorAll('svg g.plot path').length))",
      ),
    );
    const wanted = charts.map(
      ([, values, threshold]) => Math.min(values.length, 4) + (threshold === undefined ? 0 : 1),
    );
    expect(drawn).toEqual(wanted);
    expect(await page.textContent("body")).not.toContain("Syntax error");
    await page.close();
  });

  test("what is no chart is an error, so that this can fail", async () => {
    const page = await browser.newPage();
    const body = "```mermaid\nxychart-beta\n    line [one, two\n```";
    await expect(showOnGitHub(page, { title: "None", number: 1, body, meta: "" })).rejects.toThrow(/no chart: /);
    await page.close();
  });
});
