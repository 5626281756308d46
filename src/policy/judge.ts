import type { Cause } from "../domain/cause.ts";
import type { AgentChange, ChangeSet, Edit } from "../domain/change-set.ts";
import type { Variables } from "../domain/expression/expression.ts";
import { deployDir } from "../domain/fleet.ts";
import type { ChangeCounts } from "../domain/record/change-counts.ts";
import { packJson } from "../domain/values/packed-json.ts";
import type { Verdict, Violation } from "../domain/verdict.ts";
import { finished, type Work } from "../domain/work.ts";
import type { CompiledGuardrail, CompiledRule, Effect } from "./read-guardrails.ts";
import { type Part, type PolicyInputs, variablesOf } from "./variables.ts";

/** How long the packed edits of one change may be, in characters: they have to fit into the pull request's marker. */
const EDITS_LIMIT = 28_000;
/** How long they may be before they are packed, in characters of JSON. */
const PLAIN_LIMIT = 2_000_000;
const MOST_EDITS = 5000;

/**
 * The verdict of the guardrails on a change. Every rule is evaluated for each agent in each environment that changes.
 *
 * - Denied are changes with Problems, edits of other files than the agent's spec, and edits that are too large for a marker.
 * - A rule whose expression fails (it reads a field that is not set without asking `has()` first, compares what cannot be
 *   compared, takes too long) does not pass silently: for `deny` and `review` it becomes a reason for review, for `warn` a
 *   warning, and for `allow` it counts as false.
 * - Where the cause is drift, a person's own commit made the change. There `deny` only warns, since the person has decided
 *   already, unless the guardrail has `enforce: always`.
 * - `record` is what became of earlier changes of the same source. Undefined: not known; then rules that read it fail, as above.
 * - A guardrail with `enforce: never` judges nothing.
 * - A change is of low risk where an `allow` is true for every part of it, and no rule denies, asks for review or warns.
 */
export function judge(
  changes: ChangeSet,
  guardrails: readonly CompiledGuardrail[],
  inputs: PolicyInputs,
  record: ChangeCounts | undefined,
): Verdict {
  return finished(judging(changes, guardrails, inputs, record));
}

/** As `judge`, one guardrail for one agent in one environment at a time. */
export function* judging(
  changes: ChangeSet,
  guardrails: readonly CompiledGuardrail[],
  inputs: PolicyInputs,
  record: ChangeCounts | undefined,
): Work<Verdict> {
  const found: Record<Effect, Violation[]> = { deny: [...refusals(changes)], review: [], warn: [], allow: [] };
  const parts = partsOf(changes);
  let lowRisk = parts.length > 0;
  for (const part of parts) {
    const variables = variablesOf(part, changes, inputs, record);
    yield;
    const results: Answer[] = [];
    for (const guardrail of guardrails) {
      if (!appliesTo(guardrail, changes.cause, part.change)) continue;
      results.push(...(yield* answers(guardrail, changes.cause, part.change, variables)));
    }
    for (const { effect, violation } of results) found[effect].push(violation);
    lowRisk &&= results.some((answer) => answer.effect === "allow");
  }
  const { deny: violations, review: reasons, warn: warnings } = found;
  if (violations.length > 0) return { kind: "deny", violations, warnings: [...reasons, ...warnings] };
  if (reasons.length > 0) return { kind: "review", reasons, warnings };
  return { kind: "allow", warnings, lowRisk: lowRisk && warnings.length === 0 };
}

/** Whether a guardrail in force reads `record` for a change of this cause: only then it has to be found out. */
export function readsRecord(guardrails: readonly CompiledGuardrail[], cause: Cause): boolean {
  const isRead = ({ when }: CompiledRule) => when.reads.some(([root]) => root === "record");
  return guardrails.some((guardrail) => judges(guardrail, cause) && guardrail.rules.some(isRead));
}

/** Violations of RAOS' own rules. */
function refusals(changes: ChangeSet): readonly Violation[] {
  const about = { agent: undefined, environment: undefined };
  const problems = changes.problems.map((problem) => ({
    ...about,
    guardrail: "problems",
    message: `${problem.file}:${problem.line}:${problem.column} ${problem.pointer}: ${problem.message}`,
  }));
  const outside = changes.edits
    .filter((edit) => !["yaml", "yml", "json"].some((ending) => edit.file === `agents/${edit.agent}.${ending}`))
    .map((edit) => ({
      ...about,
      guardrail: "edits",
      message: `an edit of ${edit.agent} changes ${edit.file}, which is not the agent's spec`,
    }));
  const count = changes.edits.length;
  const isSmall = count <= MOST_EDITS && JSON.stringify(changes.edits).length <= PLAIN_LIMIT;
  if (isSmall && packJson(changes.edits).length <= EDITS_LIMIT) return [...problems, ...outside];
  const message = `${count} edits are too many for one pull request (at most ${MOST_EDITS}, and ${EDITS_LIMIT} characters when compressed); ask for fewer at a time`;
  return [...problems, ...outside, { ...about, guardrail: "edits", message }];
}

/** The parts to judge: each agent in each environment where one of its files changes, or its spec is edited. */
function partsOf(changes: ChangeSet): readonly Part[] {
  const files = Map.groupBy(changes.files, (file) => file.path.split("/").slice(0, 4).join("/"));
  const edits = Map.groupBy(changes.edits, (edit) => edit.agent);
  const changed = new Set(changes.changes.map(({ agent, environment }) => `${environment}/${agent}`));
  // An edit of one environment's overlay is judged in that environment; every other edit in all of them.
  const isEditOf = (edit: Edit, environment: string): boolean => {
    const overlay = /^\/spec\/environments\/([^/]+)/.exec(edit.at)?.[1];
    return overlay === undefined || overlay === environment || !changed.has(`${overlay}/${edit.agent}`);
  };
  return changes.changes
    .map((change) => ({
      change,
      edits: (edits.get(change.agent) ?? []).filter((edit) => isEditOf(edit, change.environment)),
      files: files.get(deployDir(change.environment, change.agent)) ?? [],
    }))
    .filter((part) => part.files.length > 0 || part.edits.length > 0);
}

function appliesTo(guardrail: CompiledGuardrail, cause: Cause, change: AgentChange): boolean {
  const { environments } = guardrail;
  if (!judges(guardrail, cause)) return false;
  return environments.length === 0 || environments.includes(change.environment);
}

function judges({ causes, enforce }: CompiledGuardrail, cause: Cause): boolean {
  return enforce !== "never" && (causes.length === 0 || causes.includes(cause.kind));
}

interface Answer {
  readonly effect: Effect;
  readonly violation: Violation;
}

function* answers(
  guardrail: CompiledGuardrail,
  cause: Cause,
  part: AgentChange,
  variables: Variables,
): Work<readonly Answer[]> {
  const onlyWarns = cause.kind === "drift" && guardrail.enforce === "default";
  const { agent, environment } = part;
  const results: Answer[] = [];
  for (const rule of guardrail.rules) {
    const answer = evaluateRule(rule, variables);
    yield;
    if (answer === undefined) continue;
    const effect = onlyWarns && answer.effect === "deny" ? "warn" : answer.effect;
    results.push({ effect, violation: { guardrail: guardrail.name, message: answer.message, agent, environment } });
  }
  return results;
}

function evaluateRule(
  rule: CompiledRule,
  variables: Variables,
): { readonly effect: Effect; readonly message: string } | undefined {
  const answer = rule.when.evaluate(variables);
  if (answer.kind === "value" && answer.value === true) return { effect: rule.effect, message: rule.message };
  if (answer.kind === "value" && answer.value === false) return undefined;
  if (rule.effect === "allow") return undefined;
  const why = answer.kind === "error" ? causeOfFailure(answer.message) : "the expression is neither true nor false";
  const hint = why.endsWith("is not set") ? "; check it with has() first" : "";
  const message = `could not be judged (${why}${hint}): ${rule.message}`;
  return { effect: rule.effect === "warn" ? "warn" : "review", message };
}

/** Every field of `record` is set, or none: then it could not be read. */
function causeOfFailure(message: string): string {
  const isRecord = message.startsWith("record.") && message.endsWith(" is not set");
  return isRecord ? "what became of earlier changes cannot be read now" : message;
}
