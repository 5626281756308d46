import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withTextCharts } from "../../../src/cli/print/text-chart.ts";
import type { Evidence } from "../../../src/domain/alert/evidence.ts";
import { drawChart } from "../../../src/pr/body/chart.ts";

function chart(values: readonly number[], threshold: number | undefined): string {
  const points = values.map((value, index) => [index * 60_000, value] as const);
  const stats = { min: 0, max: Math.max(...values), mean: 0, p95: 0, last: 0, count: values.length };
  const series = [{ labels: {}, points }];
  const rest = { id: "e1", name: "x", query: "", link: undefined, unit: "count", stats } as const;
  return drawChart({ kind: "series", series, threshold, ...rest } satisfies Evidence);
}

describe("charts in a terminal", () => {
  test("are drawn as an area with the threshold across it", () => {
    const values = Array.from({ length: 49 }, (_, index) => index);
    expect(withTextCharts(`before\n\n${chart(values, 40)}\n\nafter`)).toBe(`before

         count
    52.8 ┤                                               ▂
      40 ┤─────────────────────────────────────────▂▃▄▅▇██
         ┤                                  ▁▂▄▅▆▇████████
         ┤                           ▁▂▃▄▆▇███████████████
         ┤                     ▁▃▄▅▆██████████████████████
         ┤              ▁▂▃▅▆▇████████████████████████████
         ┤        ▂▃▄▅▇███████████████████████████████████
       0 ┤ ▁▂▄▅▆▇█████████████████████████████████████████
         └48 minutes before 00:48 UTC

after`);
  });

  test("that are folded away are a line", () => {
    const folded = `<details><summary><code>killed</code> (e2): last 1</summary>\n\n${chart([0, 1], 1)}\n\n</details>`;
    expect(withTextCharts(`a\n\n${folded}\n\nb`)).toBe("a\n\n▸ `killed` (e2): last 1\n\nb");
  });

  test("of whatever numbers have one shape, and what is no chart stays", () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(numbers, fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }), (values, threshold) => {
        const lines = withTextCharts(chart(values, threshold)).split("\n");
        expect(lines).toHaveLength(10);
        expect(new Set(lines.slice(1, -1).map((line) => line.length))).toEqual(new Set([58]));
      }),
      // Below zero everywhere, and so large that 1 more is the same number when it is rounded.
      { examples: [[[-909_050_000, -826_450_000], undefined]] },
    );
    for (const other of ["```mermaid\ngraph TD\n```", "```mermaid\nxychart-beta\n    line [a]\n```", "text"])
      expect(withTextCharts(other)).toBe(other);
  });
});
