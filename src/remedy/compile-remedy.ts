import { AgentSpec } from "../domain/agent/agent.ts";
import { type Expression, planExpression } from "../domain/expression/expression.ts";
import { type PolicyDocument, problem } from "../domain/kinds/policy-document.ts";
import type { Remedy } from "../domain/kinds/remedy.ts";
import type { Problem } from "../domain/problem.ts";
import { millisecondsOf } from "../domain/values/duration.ts";
import { pointerSteps } from "../domain/values/json-pointer.ts";
import { keysAt, schemasAt } from "../spec/schema/schema-keys.ts";
import type { CompiledRemedy, WantedEvidence } from "./compiled-remedy.ts";
import { templateProblem } from "./fill-query.ts";
import { compileTrigger, LEAST_TUNE_COOLDOWN } from "./tune/compile-trigger.ts";

/** The names a remedy's expressions may use; `applyRules` says what each holds. */
const REMEDY_VARIABLES = ["agent", "alert", "current", "evidence", "spec"] as const;

/** The variables that are known before evidence is read. */
const BEFORE_EVIDENCE = ["alert"];

/** A remedy with every expression planned and every query checked; its Problems are added to `problems`. */
export function compileRemedy(
  { metadata, spec }: Remedy,
  document: PolicyDocument,
  problems: Problem[],
): CompiledRemedy {
  const names = new Set(spec.evidence.map((one) => one.name));
  if (names.size < spec.evidence.length)
    problems.push(problem(document, ["spec", "evidence"], "two entries have the same name; rename one"));
  const compiler: Compiler = { document, problems, names };
  for (const [index, { at }] of spec.edits.entries()) {
    const wrong = unknownPlace(at);
    if (wrong !== undefined) problems.push(problem(document, ["spec", "edits", index, "at"], wrong));
  }
  return {
    name: metadata.name,
    path: document.file,
    description: spec.description ?? "",
    isEnabled: spec.enabled,
    alerts: spec.on.alerts ?? [],
    trigger: compileTrigger(spec.on, document, problems),
    when: planField(compiler, spec.on.when, ["spec", "on", "when"], BEFORE_EVIDENCE),
    evidence: spec.evidence.map((one, index) => compileEvidence(compiler, one, ["spec", "evidence", index])),
    edits: spec.edits.map((edit, index) => ({
      at: edit.at,
      to: planField(compiler, edit.to, ["spec", "edits", index, "to"]),
      when: planField(compiler, edit.when, ["spec", "edits", index, "when"]),
      as: edit.as,
      most: planField(compiler, edit.most, ["spec", "edits", index, "most"]),
      least: planField(compiler, edit.least, ["spec", "edits", index, "least"]),
      rollback: edit.rollback,
      why: edit.why,
    })),
    otherwise: spec.otherwise,
    notes: spec.notes.map(({ when, say, holds }, index) => ({
      when: planField(compiler, when, ["spec", "notes", index, "when"]),
      say,
      holds,
    })),
    fold: planField(compiler, spec.fold, ["spec", "fold"], BEFORE_EVIDENCE),
    cooldownMs: cooldownOf(spec),
    whenResolved: spec.whenResolved,
    revertAfterMs: spec.revert && millisecondsOf(spec.revert.after),
    verify: spec.verify && {
      promql: checkQuery(compiler, spec.verify.promql, ["spec", "verify", "promql"]),
      afterSeconds: millisecondsOf(spec.verify.after) / 1000,
    },
  };
}

function cooldownOf({ on, cooldown }: Remedy["spec"]): number {
  const given = cooldown === undefined ? undefined : millisecondsOf(cooldown);
  return on.alerts === undefined ? Math.max(given ?? 0, LEAST_TUNE_COOLDOWN) : (given ?? millisecondsOf("1h"));
}

/** Why a spec has no such field; undefined where it has. What is below a list or a map is the agent's own. */
function unknownPlace(at: string): string | undefined {
  const steps = pointerSteps(at).slice(1);
  const depth = steps.findIndex((_, index) => schemasAt(AgentSpec, steps.slice(0, index + 1)).length === 0);
  if (depth < 0) return undefined;
  const known = keysAt(AgentSpec, steps.slice(0, depth));
  return `an agent's spec has no field ${at}; ${known.length === 0 ? "shorten it" : `there are ${known.join(", ")}`}`;
}

/** What compiling one remedy needs: its document, where Problems go, and the names of its evidence. */
interface Compiler {
  readonly document: PolicyDocument;
  readonly problems: Problem[];
  readonly names: ReadonlySet<string>;
}

function compileEvidence(
  compiler: Compiler,
  one: Remedy["spec"]["evidence"][number],
  path: readonly PropertyKey[],
): WantedEvidence {
  const { name, required } = one;
  const rangeMs = millisecondsOf(one.range);
  if (one.promql !== undefined) {
    const query = checkQuery(compiler, one.promql, [...path, "promql"]);
    const threshold = planField(compiler, one.threshold, [...path, "threshold"]);
    return { kind: "promql", name, required, query, rangeMs, unit: one.unit, peak: one.peak, threshold };
  }
  if (one.logql !== undefined) {
    const query = checkQuery(compiler, one.logql, [...path, "logql"]);
    return { kind: "logql", name, required, query, rangeMs, lines: one.lines };
  }
  if (one.kubernetes !== undefined) return { kind: "kubernetes", name, required, what: one.kubernetes };
  return { kind: "history", name, required };
}

function planField(
  { document, problems, names }: Compiler,
  source: string | undefined,
  path: readonly PropertyKey[],
  variables: readonly string[] = REMEDY_VARIABLES,
): Expression | undefined {
  if (source === undefined) return undefined;
  const planned = planExpression(source, variables);
  if ("problem" in planned) {
    problems.push(problem(document, path, `the expression ${planned.problem}`));
    return undefined;
  }
  const unknown = planned.reads.find(([root, name]) => root === "evidence" && name !== undefined && !names.has(name));
  if (unknown === undefined) return planned;
  problems.push(
    problem(document, path, `there is no evidence named "${unknown[1]}" in this remedy; add it, or correct the name`),
  );
  return undefined;
}

function checkQuery({ document, problems }: Compiler, query: string, path: readonly PropertyKey[]): string {
  const wrong = templateProblem(query);
  if (wrong !== undefined) problems.push(problem(document, path, wrong));
  return query;
}
