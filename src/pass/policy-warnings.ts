import { distance } from "fastest-levenshtein";
import type { Config } from "../domain/kinds/kinds.ts";
import { type PolicyDocument, problem } from "../domain/kinds/policy-document.ts";
import type { Problem } from "../domain/problem.ts";

/**
 * Warnings about a repository's own policies: an environment that there is not, so that a guardrail guards nothing, and an alert
 * that nearly has the name of one that a shipped remedy answers. A document that does not fit its schema has Problems instead.
 */
export function policyWarnings(
  own: readonly PolicyDocument[],
  shipped: readonly PolicyDocument[],
  { spec }: Config,
): readonly Problem[] {
  const known = spec.environments.map(({ name }) => name);
  const alerts = new Set(shipped.flatMap(({ value }) => textsAt(value, "on", "alerts")));
  const warningsAt = (document: PolicyDocument, path: readonly string[], doubt: (name: string) => string | undefined) =>
    textsAt(document.value, ...path).flatMap((name, index) => {
      const message = doubt(name);
      return message === undefined ? [] : [problem(document, ["spec", ...path, index], message)];
    });
  return own.flatMap((document) => [
    ...warningsAt(document, ["environments"], (name) =>
      known.includes(name) ? undefined : `there is no environment ${name}; raos.yaml has ${known.join(", ")}`,
    ),
    ...warningsAt(document, ["on", "alerts"], (name) => {
      const near = alerts.has(name) ? undefined : nearAlert(name, alerts);
      return near === undefined ? undefined : `no rule that ships is called ${name}; did you mean "${near}"?`;
    }),
    ...FIELDS.flatMap(({ list, field, needs }) =>
      mapsAt(document.value, list).flatMap((entry, index) =>
        Object.hasOwn(entry, field) && !Object.hasOwn(entry, needs)
          ? [problem(document, ["spec", list, index, field], `does nothing without ${needs}; add that, or remove it`)]
          : [],
      ),
    ),
  ]);
}

/** Fields of a remedy's entries that say something about another field alone. */
const FIELDS = [
  { list: "evidence", field: "lines", needs: "logql" },
  { list: "evidence", field: "peak", needs: "promql" },
  { list: "evidence", field: "threshold", needs: "promql" },
  { list: "evidence", field: "unit", needs: "promql" },
  { list: "edits", field: "as", needs: "to" },
  { list: "edits", field: "most", needs: "to" },
  { list: "edits", field: "least", needs: "to" },
] as const;

function mapsAt(value: unknown, name: string): readonly object[] {
  const list: unknown = Object(Object(value).spec)[name];
  return Array.isArray(list) ? list.map((one: unknown) => Object(one)) : [];
}

/** The texts of a list below a document's `spec`. */
function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const list: unknown = ["spec", ...path].reduce<unknown>((below, step) => Object(below)[step], value);
  return Array.isArray(list) ? list.filter((one: unknown): one is string => typeof one === "string") : [];
}

function nearAlert(name: string, alerts: ReadonlySet<string>): string | undefined {
  if (name.length > 128) return undefined;
  return [...alerts].find((one) => Math.abs(one.length - name.length) <= 2 && distance(one, name) <= 2);
}
