/** Rows of a chart in a terminal. */
const HEIGHT = 8;
const BLOCKS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** A chart inside a closed <details>. */
const FOLDED = /<details><summary>([^\n]{0,300})<\/summary>\n\n```mermaid\n[^`]{0,20000}```\n\n<\/details>/g;

/**
 * Markdown with its Mermaid line charts drawn in characters, for a terminal: the first line as an area, a flat last line as a
 * threshold. A chart in a closed <details> is replaced by its summary. All other text is unchanged.
 */
export function withTextCharts(markdown: string): string {
  const open = markdown.replace(FOLDED, (_, summary: string) => `▸ ${summary.replace(/<\/?code>/g, "`")}`);
  return open.replace(
    /```mermaid\n(?:%%\{[^\n]{0,300}\}%%\n)?(xychart-beta\n[\s\S]{0,20000}?)\n```/g,
    (whole, source: string) => {
      const chart = chartIn(source);
      return chart === undefined ? whole : drawChart(chart);
    },
  );
}

interface Chart {
  readonly lines: readonly (readonly number[])[];
  readonly bottom: number;
  readonly top: number;
  readonly unit: string;
  readonly span: string;
}

function chartIn(source: string): Chart | undefined {
  const [, span = "", from = ""] = /^ +x-axis "([^"]{0,80})" (-?[\d.]{1,12}) --> 0$/m.exec(source) ?? [];
  const [, unit = "", bottom = "", top = ""] =
    /^ +y-axis "([^"]{0,40})" (-?[\d.]{1,30}) --> (-?[\d.]{1,30})$/m.exec(source) ?? [];
  const lines = [...source.matchAll(/^ +line \[([-\d., ]{1,4000})\]$/gm)].map(([, list = ""]) =>
    list.split(", ").map(Number),
  );
  const isWhole = lines.length > 0 && lines.every((line) => line.length <= 100 && line.every(Number.isFinite));
  if (!isWhole || !(Number(top) > Number(bottom)) || from === "") return undefined;
  return { lines, bottom: Number(bottom), top: Number(top), unit, span: `${from.slice(1)} ${span}` };
}

function drawChart({ lines, bottom, top, unit, span }: Chart): string {
  const [area = [], ...others] = lines;
  const last = others.at(-1);
  const threshold = last?.every((value) => value === last[0]) === true ? last[0] : undefined;
  const step = (top - bottom) / HEIGHT;
  const rows = Array.from({ length: HEIGHT }, (_, row) => {
    const base = top - (row + 1) * step;
    const isLine = threshold !== undefined && threshold >= base && threshold < base + step;
    const cells = area.map((value) => {
      const filled = Math.max(0, Math.min(8, Math.round(((value - base) / step) * 8)));
      return filled === 0 && isLine ? "─" : (BLOCKS[filled] ?? " ");
    });
    const label = isLine
      ? shortNumber(threshold)
      : row === 0
        ? shortNumber(top)
        : row === HEIGHT - 1
          ? shortNumber(bottom)
          : "";
    return `${label.padStart(8)} ┤${cells.join("")}`;
  });
  return [`${"".padStart(8)} ${unit}`, ...rows, `${"".padStart(8)} └${span}`].join("\n");
}

function shortNumber(value: number): string {
  const plain = String(Number(value.toPrecision(3)));
  return plain.length <= 8 ? plain : value.toExponential(1);
}
