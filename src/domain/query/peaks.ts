import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { promqlSelectors } from "./promql-selectors.ts";

/** Which extreme between two points of a range query is read: the largest, the smallest, or what stands at the point. */
export type Peak = "max" | "min" | "none";

/** Seconds between two scrapes, at most, of what a range query is made for; a shorter step misses nothing. */
export const SCRAPE = 60;
/** Most evaluations of an expression between two points. */
const MOST_INNER = 20;

/**
 * The extreme to read where a remedy names none: the largest of a gauge, the smallest where the query itself takes a minimum
 * (`min`, `bottomk`), and none where every selector is a range already, as within `rate()`, `increase()` and `max_over_time()`.
 */
export function usualPeak(query: string): Peak {
  const tree = parser.parse(query.replace(/\r\n?/g, "\n"));
  let hasGauge = false;
  let takesLeast = false;
  let isBroken = false;
  tree.iterate({
    enter({ type, name, node }) {
      if (type.isError) isBroken = true;
      if (name === "MatrixSelector" || name === "SubqueryExpr") return false;
      if (name === "VectorSelector") hasGauge = true;
      if (name === "Min" || name === "Bottomk") takesLeast ||= node.parent?.name === "AggregateOp";
      return true;
    },
  });
  if (isBroken || !hasGauge) return "none";
  return takesLeast ? "min" : "max";
}

/**
 * The query of a range whose points, `step` seconds apart, hold an extreme: `max_over_time(…[…])` over the samples themselves
 * where the query is one selector or the same extreme of one, and else, where samples lie between two points, over a subquery.
 * The query itself where no extreme is wanted, or it cannot be parsed.
 */
export function peakQuery(query: string, peak: Peak, step: number): string {
  const reading = promqlSelectors(query);
  if (peak === "none" || "problem" in reading) return query;
  const { text } = reading;
  const over = `${peak}_over_time`;
  const selector = soleSelector(parser.parse(text).topNode.firstChild, peak);
  if (selector !== undefined) {
    const { from, to } = selector;
    // A window of one scrape may hold none, since scrapes are not quite regular.
    const window = Math.max(2 * SCRAPE, step);
    return `${text.slice(0, from)}${over}(${text.slice(from, to)}[${window}s])${text.slice(to)}`;
  }
  if (step <= SCRAPE) return query;
  // A comment at its end must not take the parenthesis with it.
  const inner = text.includes("#") ? `${text}\n` : text;
  return `${over}((${inner})[${step}s:${Math.max(SCRAPE, Math.ceil(step / MOST_INNER))}s])`;
}

/** The only selector of `x`, `(x)`, or `max by (…) (x)`: there the extreme of the samples is that of the whole. */
function soleSelector(node: SyntaxNode | null, peak: "max" | "min"): SyntaxNode | undefined {
  if (node === null) return undefined;
  switch (node.name) {
    case "VectorSelector":
      return node;
    case "ParenExpr":
      return soleSelector(node.firstChild, peak);
    case "AggregateExpr": {
      const isSame = node.getChild("AggregateOp")?.getChild(peak === "max" ? "Max" : "Min") != null;
      const body = node.getChild("FunctionCallBody");
      return isSame ? soleSelector(body?.firstChild ?? null, peak) : undefined;
    }
    default:
      return undefined;
  }
}
