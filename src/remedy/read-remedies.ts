import type * as z from "zod";
import type { Unit } from "../domain/evidence.ts";
import { type Expression, expression } from "../domain/expression.ts";
import { type PolicyDocument, problem } from "../domain/policy-document.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import { Remedy } from "../domain/remedy.ts";
import type { JsonPointer, Path } from "../domain/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import { templateProblem } from "./fill-query.ts";

/** The names a remedy's expressions may use; `consider` says what each holds. */
export const REMEDY_VARIABLES = ["agent", "alert", "current", "evidence", "spec"] as const;

/** What is known before anything is looked at. */
const ALERT = ["alert"];

interface Wanted {
  readonly name: string;
  /** Whether nothing is proposed without it. */
  readonly required: boolean;
}

/** Evidence a remedy asks for, its expressions planned. */
export type WantedEvidence = Wanted &
  (
    | {
        readonly kind: "promql";
        readonly query: string;
        readonly rangeMs: number;
        readonly unit: Unit;
        readonly threshold: Expression | undefined;
      }
    | { readonly kind: "logql"; readonly query: string; readonly rangeMs: number; readonly lines: number }
    | { readonly kind: "kubernetes"; readonly what: "pods" | "events" | "workload" | "quota" | "autoscaler" }
    | { readonly kind: "history" }
  );

/** An edit of a remedy, its expressions planned; `to` undefined takes the value away. */
export interface RemedyEdit {
  readonly at: JsonPointer;
  readonly to: Expression | undefined;
  readonly when: Expression | undefined;
  readonly as: "memory" | "cpu" | "integer" | "json";
  readonly rollback: boolean;
  readonly why: string;
}

/** A remedy that can be used: every expression in it is planned. Spans are milliseconds. */
export interface CompiledRemedy {
  readonly name: string;
  readonly path: Path;
  readonly description: string;
  readonly alerts: readonly string[];
  readonly when: Expression | undefined;
  readonly evidence: readonly WantedEvidence[];
  readonly edits: readonly RemedyEdit[];
  readonly otherwise: "ask" | "report" | "none";
  readonly fold: Expression | undefined;
  readonly cooldownMs: number;
  readonly whenResolved: "keep" | "close";
  readonly verify: { readonly promql: string; readonly afterSeconds: number } | undefined;
}

export interface RemedyReading {
  readonly remedies: readonly CompiledRemedy[];
  readonly problems: readonly Problem[];
}

/** Remedies that one repository may hold. */
const MOST = 500;

/**
 * The remedies among these documents; documents of other kinds are passed over. One with a Problem is left out: an alert
 * that it would answer goes to the next, or to a person. Where two have one name the later is a Problem.
 */
export function readRemedies(documents: readonly PolicyDocument[]): RemedyReading {
  return finished(readingRemedies(documents));
}

/** As `readRemedies`, one at a time. */
export function* readingRemedies(documents: readonly PolicyDocument[]): Work<RemedyReading> {
  const remedies = new Map<string, CompiledRemedy>();
  const problems: Problem[] = [];
  for (const document of documents.filter((each) => kindOf(each.value) === "Remedy")) {
    yield;
    const parsed = Remedy.safeParse(document.value);
    if (!parsed.success) {
      problems.push(...parsed.error.issues.flatMap((issue) => problemsOf(issue, document)));
      continue;
    }
    const found: Problem[] = [];
    const remedy = compiled(parsed.data, document, found);
    const other = remedies.get(remedy.name);
    if (other !== undefined) {
      const message = `there is a remedy "${remedy.name}" already, in ${other.path}; give this one another name`;
      found.push(problem(document, ["metadata", "name"], message));
    }
    if (remedies.size >= MOST) found.push(problem(document, [], `there are more than ${MOST} remedies; join some`));
    problems.push(...found);
    if (found.length === 0) remedies.set(remedy.name, remedy);
  }
  return { remedies: [...remedies.values()], problems: problems.sort(byPlace) };
}

/** A repository's own remedies, then those that ship; one of its own replaces the one that ships under its name. */
export function withOwnRemedies(
  shipped: readonly CompiledRemedy[],
  own: readonly CompiledRemedy[],
): readonly CompiledRemedy[] {
  const names = new Set(own.map((remedy) => remedy.name));
  return [...own, ...shipped.filter((remedy) => !names.has(remedy.name))];
}

/** A key that nobody knows is a Problem where it stands. */
function problemsOf(issue: z.core.$ZodIssue, document: PolicyDocument): readonly Problem[] {
  if (issue.code !== "unrecognized_keys") return [problem(document, issue.path, issue.message)];
  return issue.keys.map((key) => {
    const found = problem(
      document,
      [...issue.path, key],
      `"${key.slice(0, 64)}" is no field of this; correct its spelling, or remove it`,
    );
    return { ...found, ...document.locate(found.pointer, "key") };
  });
}

function compiled({ metadata, spec }: Remedy, document: PolicyDocument, problems: Problem[]): CompiledRemedy {
  const planned = (
    source: string | undefined,
    path: readonly PropertyKey[],
    variables: readonly string[] = REMEDY_VARIABLES,
  ): Expression | undefined => {
    if (source === undefined) return undefined;
    const made = expression(source, variables);
    if (!("problem" in made)) {
      const wrong = made.reads.find(([root, name]) => root === "evidence" && name !== undefined && !names.has(name));
      if (wrong === undefined) return made;
      problems.push(problem(document, path, `there is no evidence named "${wrong[1]}" in this remedy`));
      return undefined;
    }
    problems.push(problem(document, path, `the expression ${made.problem}`));
    return undefined;
  };
  const queried = (query: string, path: readonly PropertyKey[]): string => {
    const wrong = templateProblem(query);
    if (wrong !== undefined) problems.push(problem(document, path, wrong));
    return query;
  };
  const names = new Set(spec.evidence.map((one) => one.name));
  if (names.size < spec.evidence.length) problems.push(problem(document, ["spec", "evidence"], "two have one name"));
  const evidence = spec.evidence.map((one, index): WantedEvidence => {
    const path = ["spec", "evidence", index];
    const { name, required } = one;
    const rangeMs = millisecondsOf(one.range);
    if (one.promql !== undefined) {
      const query = queried(one.promql, [...path, "promql"]);
      const threshold = planned(one.threshold, [...path, "threshold"]);
      return { kind: "promql", name, required, query, rangeMs, unit: one.unit, threshold };
    }
    if (one.logql !== undefined) {
      return {
        kind: "logql",
        name,
        required,
        query: queried(one.logql, [...path, "logql"]),
        rangeMs,
        lines: one.lines,
      };
    }
    if (one.kubernetes !== undefined) return { kind: "kubernetes", name, required, what: one.kubernetes };
    return { kind: "history", name, required };
  });
  return {
    name: metadata.name,
    path: document.file,
    description: spec.description ?? "",
    alerts: spec.on.alerts,
    when: planned(spec.on.when, ["spec", "on", "when"], ALERT),
    evidence,
    edits: spec.edits.map((edit, index) => ({
      at: edit.at,
      to: planned(edit.to, ["spec", "edits", index, "to"]),
      when: planned(edit.when, ["spec", "edits", index, "when"]),
      as: edit.as,
      rollback: edit.rollback,
      why: edit.why,
    })),
    otherwise: spec.otherwise,
    fold: planned(spec.fold, ["spec", "fold"], ALERT),
    cooldownMs: millisecondsOf(spec.cooldown),
    whenResolved: spec.whenResolved,
    verify: spec.verify && {
      promql: queried(spec.verify.promql, ["spec", "verify", "promql"]),
      afterSeconds: millisecondsOf(spec.verify.after) / 1000,
    },
  };
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A span of time as Prometheus writes it, in milliseconds; at most 32 days. */
export function millisecondsOf(span: string): number {
  let sum = 0;
  for (const [, amount = "0", unit = "s"] of span.matchAll(/(\d{1,32})(ms|s|m|h|d|w)/g))
    sum += Number(amount) * (UNITS[unit] ?? 0);
  return Math.min(sum, 32 * 86_400_000);
}

function kindOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
}
