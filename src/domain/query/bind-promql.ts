import { literalPattern } from "../values/literal-pattern.ts";
import { insertTexts, type PromqlReading, type PromqlSelector, promqlSelectors } from "./promql-selectors.ts";

/** Which series a query may read. */
export interface QueryBounds {
  /** The labels that they have, such as the cluster of an environment. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Series that carry this environment in `raos_environment` are its own whatever else they carry: rules recorded them, and a
   * rule may have summed the other labels away.
   */
  readonly environment?: string | undefined;
  /**
   * Whether a series that lacks one of the labels counts, too, but not one that has another value: what asks a cluster's own
   * Prometheus finds its series, which have no such label, and what asks one of many clusters finds no other's.
   */
  readonly orLacking?: boolean;
}

/** A text, or why there is none. */
export type Bound = string | { readonly problem: string };

/**
 * A PromQL query whose every selector has these labels. A matcher of its own for a label is kept, since whoever wrote the
 * remedy wanted it. A query without bounds stays as it is, also where it is another dialect, such as MetricsQL.
 */
export function bindPromql(query: string, bounds: QueryBounds): Bound {
  if (Object.keys(bounds.labels).length === 0) return query;
  const reading = promqlSelectors(query);
  if ("problem" in reading) return { problem: `${reading.problem}, so it cannot be limited to one environment` };
  return withLabels(reading, bounds);
}

/** As `bindPromql`; a query is refused where a selector matches one of the labels in any other way than by `=` and its value. */
export function confinePromql(query: string, bounds: QueryBounds): Bound {
  const reading = promqlSelectors(query);
  if ("problem" in reading) return reading;
  if (reading.callsInfo) return { problem: "info() reads series without a selector; select them by name instead" };
  const problem = reading.selectors.map((selector) => strayMatcher(selector, bounds)).find((one) => one !== undefined);
  return problem === undefined ? withLabels(reading, bounds) : { problem };
}

function withLabels({ text, selectors }: PromqlReading, bounds: QueryBounds): string {
  return insertTexts(
    text,
    selectors.flatMap((selector) => {
      const missing = Object.entries(bounds.labels).filter(([name]) => !hasMatcher(selector, name, bounds));
      if (missing.length === 0) return [];
      const matchers = missing.map(([name, value]) => matcherOf(name, value, bounds)).join(",");
      const { braces, to } = selector;
      if (braces === undefined) return [{ at: to, text: `{${matchers}}` }];
      return [{ at: braces.from, text: braces.isEmpty ? matchers : `${matchers},` }];
    }),
  );
}

/** The namespace bounds a model's query: a series without one is nobody's. */
function matcherOf(name: string, value: string, { orLacking }: QueryBounds): string {
  return orLacking === true && name !== "namespace"
    ? `${name}=~${JSON.stringify(`${literalPattern(value)}|`)}`
    : `${name}=${JSON.stringify(value)}`;
}

function hasMatcher({ matchers }: PromqlSelector, name: string, { environment }: QueryBounds): boolean {
  const isOwnRecord = matchers.some(
    ({ label, operator, value }) => label === "raos_environment" && operator === "=" && value === environment,
  );
  // The namespace bounds a model's query, whatever was recorded.
  if (isOwnRecord && environment !== undefined && name !== "namespace") return true;
  return matchers.some(({ label }) => label === name);
}

function strayMatcher({ matchers }: PromqlSelector, { labels }: QueryBounds): string | undefined {
  if (matchers.some(({ label }) => label === undefined))
    return "a label's name contains escapes; write it without them";
  for (const { label = "", operator, value } of matchers) {
    const own = Object.hasOwn(labels, label) ? labels[label] : undefined;
    if (own !== undefined && (operator !== "=" || value !== own))
      return `the query reads another ${label}; it may only read ${JSON.stringify(own)}`;
  }
  return undefined;
}
