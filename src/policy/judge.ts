import type { AgentChange, Cause, ChangeSet, Edit, Verdict, Violation } from "../domain/change.ts";
import type { Variables } from "../domain/expression.ts";
import { deployDir } from "../domain/fleet.ts";
import { packJson } from "../domain/packed-json.ts";
import { finished, type Work } from "../domain/work.ts";
import type { CompiledGuardrail, CompiledRule, Effect } from "./read-guardrails.ts";
import { type Part, type PolicyInputs, variablesOf } from "./variables.ts";

/** Edits of one change, packed, in characters: what fits into a pull request's marker, from which it is replayed. */
const EDITS_LIMIT = 28_000;
/** The same as they are, in characters of JSON. */
const PLAIN_LIMIT = 2_000_000;
const MOST_EDITS = 5000;

/**
 * What the guardrails say of a change. Every rule is asked for each agent in each environment that changes.
 *
 * - Problems deny, and so do edits of another file than the agent's spec, or too large to be remembered.
 * - A rule whose expression fails (it reads a field that is not set without asking `has()` first, compares what cannot be
 *   compared, takes too long) does not pass silently: of `deny` and `review` it becomes a reason for review, of `warn` a
 *   warning, and an `allow` does not hold.
 * - The cause drift is a person's own commit. There `deny` only warns, since the person has decided and the pull request
 *   shows it, unless the guardrail says `enforce: always`.
 * - A change is of low risk where an `allow` holds for every part of it, and nothing denies, wants a review or warns.
 */
export function judge(changes: ChangeSet, guardrails: readonly CompiledGuardrail[], inputs: PolicyInputs): Verdict {
  return finished(judging(changes, guardrails, inputs));
}

/** As `judge`, a guardrail and an agent in an environment at a time. */
export function* judging(
  changes: ChangeSet,
  guardrails: readonly CompiledGuardrail[],
  inputs: PolicyInputs,
): Work<Verdict> {
  const found: Record<Effect, Violation[]> = { deny: [...refusals(changes)], review: [], warn: [], allow: [] };
  const parts = partsOf(changes);
  let lowRisk = parts.length > 0;
  for (const part of parts) {
    const variables = variablesOf(part, changes.cause, inputs);
    yield;
    const said: Answer[] = [];
    for (const guardrail of guardrails) {
      if (!concerns(guardrail, changes.cause, part.change)) continue;
      said.push(...(yield* answers(guardrail, changes.cause, part.change, variables)));
    }
    for (const { effect, violation } of said) found[effect].push(violation);
    lowRisk &&= said.some((answer) => answer.effect === "allow");
  }
  const { deny: violations, review: reasons, warn: warnings } = found;
  if (violations.length > 0) return { kind: "deny", violations, warnings: [...reasons, ...warnings] };
  if (reasons.length > 0) return { kind: "review", reasons, warnings };
  return { kind: "allow", warnings, lowRisk: lowRisk && warnings.length === 0 };
}

/** What RAOS itself refuses. */
function refusals(changes: ChangeSet): readonly Violation[] {
  const about = { agent: undefined, environment: undefined };
  const problems = changes.problems.map((problem) => ({
    ...about,
    guardrail: "problems",
    message: `${problem.file}:${problem.line}:${problem.column} ${problem.pointer}: ${problem.message}`,
  }));
  const astray = changes.edits
    .filter((edit) => !["yaml", "yml", "json"].some((ending) => edit.file === `agents/${edit.agent}.${ending}`))
    .map((edit) => ({
      ...about,
      guardrail: "edits",
      message: `an edit of ${edit.agent} lands in ${edit.file}, which is not the agent's spec`,
    }));
  const count = changes.edits.length;
  const isSmall = count <= MOST_EDITS && JSON.stringify(changes.edits).length <= PLAIN_LIMIT;
  if (isSmall && packJson(changes.edits).length <= EDITS_LIMIT) return [...problems, ...astray];
  const message = `${count} edits are more than a pull request remembers (${MOST_EDITS}, and ${EDITS_LIMIT} characters once compressed): ask for less at once`;
  return [...problems, ...astray, { ...about, guardrail: "edits", message }];
}

/** Each agent in each environment where a file of it changes, or whose spec is edited. */
function partsOf(changes: ChangeSet): readonly Part[] {
  const files = Map.groupBy(changes.files, (file) => file.path.split("/").slice(0, 4).join("/"));
  const edits = Map.groupBy(changes.edits, (edit) => edit.agent);
  const there = new Set(changes.changes.map(({ agent, environment }) => `${environment}/${agent}`));
  // An edit of one environment's overlay is that environment's, where it is judged; else it is everybody's.
  const concernsIt = (edit: Edit, environment: string): boolean => {
    const overlay = /^\/spec\/environments\/([^/]+)/.exec(edit.at)?.[1];
    return overlay === undefined || overlay === environment || !there.has(`${overlay}/${edit.agent}`);
  };
  return changes.changes
    .map((change) => ({
      change,
      edits: (edits.get(change.agent) ?? []).filter((edit) => concernsIt(edit, change.environment)),
      files: files.get(deployDir(change.environment, change.agent)) ?? [],
    }))
    .filter((part) => part.files.length > 0 || part.edits.length > 0);
}

function concerns(guardrail: CompiledGuardrail, cause: Cause, change: AgentChange): boolean {
  const { causes, environments } = guardrail;
  if (causes.length > 0 && !causes.includes(cause.kind)) return false;
  return environments.length === 0 || environments.includes(change.environment);
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
  const lenient = cause.kind === "drift" && guardrail.enforce === "default";
  const { agent, environment } = part;
  const said: Answer[] = [];
  for (const rule of guardrail.rules) {
    const answer = ask(rule, variables);
    yield;
    if (answer === undefined) continue;
    const effect = lenient && answer.effect === "deny" ? "warn" : answer.effect;
    said.push({ effect, violation: { guardrail: guardrail.name, message: answer.message, agent, environment } });
  }
  return said;
}

function ask(
  rule: CompiledRule,
  variables: Variables,
): { readonly effect: Effect; readonly message: string } | undefined {
  const answer = rule.when.evaluate(variables);
  if (answer.kind === "value" && answer.value === true) return { effect: rule.effect, message: rule.message };
  if (answer.kind === "value" && answer.value === false) return undefined;
  if (rule.effect === "allow") return undefined;
  const why = answer.kind === "error" ? answer.message : "the expression is neither true nor false";
  const hint = why.endsWith("is not set") ? "; a rule asks has() first" : "";
  const message = `could not be judged (${why}${hint}): ${rule.message}`;
  return { effect: rule.effect === "warn" ? "warn" : "review", message };
}
