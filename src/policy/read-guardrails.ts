import { type Expression, planExpression } from "../domain/expression/expression.ts";
import { Guardrail } from "../domain/kinds/kinds.ts";
import { type PolicyDocument, problem } from "../domain/kinds/policy-document.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import type { Path } from "../domain/values/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import { schemaProblems } from "../spec/problems/problems.ts";
import { unknownField } from "./known-fields.ts";
import { VARIABLES } from "./variables.ts";

export type Effect = "deny" | "review" | "warn" | "allow";

export interface CompiledRule {
  readonly effect: Effect;
  readonly message: string;
  readonly when: Expression;
}

/** A guardrail, its expressions planned; empty `causes` or `environments` mean all. */
export interface CompiledGuardrail {
  readonly name: string;
  readonly path: Path;
  readonly causes: readonly string[];
  readonly environments: readonly string[];
  readonly enforce: "default" | "always" | "never";
  readonly rules: readonly CompiledRule[];
}

export interface GuardrailReading {
  readonly guardrails: readonly CompiledGuardrail[];
  readonly problems: readonly Problem[];
}

/** How many guardrails one repository may hold. */
const MOST_GUARDRAILS = 500;

/**
 * The guardrails among these documents; documents of other kinds are skipped. A guardrail with a Problem is replaced by one
 * that asks for review of every change, so that a mistake in a policy never allows more. Where two have the same name, the
 * later one is a Problem.
 */
export function readGuardrails(documents: readonly PolicyDocument[]): GuardrailReading {
  return finished(readingGuardrails(documents));
}

/** As `readGuardrails`, one guardrail at a time. */
export function* readingGuardrails(documents: readonly PolicyDocument[]): Work<GuardrailReading> {
  const guardrails = new Map<string, CompiledGuardrail>();
  const problems: Problem[] = [];
  for (const document of documents.filter((each) => kindOf(each.value) === "Guardrail")) {
    yield;
    const { guardrail, problems: found } = readOne(document);
    const other = guardrails.get(guardrail.name);
    if (guardrails.size >= MOST_GUARDRAILS)
      found.push(problem(document, [], `there are more than ${MOST_GUARDRAILS} guardrails; combine some`));
    if (other !== undefined) {
      const message = `there is a guardrail "${guardrail.name}" already, in ${other.path}; give this one another name`;
      found.push(problem(document, ["metadata", "name"], message));
    }
    problems.push(...found);
    if (found.length === 0) guardrails.set(guardrail.name, guardrail);
    else if (guardrails.size <= MOST_GUARDRAILS)
      guardrails.set(`${document.file}#${guardrails.size}`, reviewEverything(guardrail));
  }
  return { guardrails: [...guardrails.values()], problems: problems.sort(byPlace) };
}

/** The guardrails that ship with RAOS and the repository's own; one of its own replaces the shipped one with its name. */
export function withOwnGuardrails(
  shipped: readonly CompiledGuardrail[],
  own: readonly CompiledGuardrail[],
): readonly CompiledGuardrail[] {
  const names = new Set(own.map((guardrail) => guardrail.name));
  return [...shipped.filter((guardrail) => !names.has(guardrail.name)), ...own];
}

function kindOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
}

interface OneReading {
  readonly guardrail: CompiledGuardrail;
  readonly problems: Problem[];
}

function readOne(document: PolicyDocument): OneReading {
  const path = document.file;
  const parsed = Guardrail.safeParse(document.value);
  if (!parsed.success) {
    const problems = [...schemaProblems(document, Guardrail, parsed.error.issues)];
    return { guardrail: { name: path, path, causes: [], environments: [], enforce: "default", rules: [] }, problems };
  }
  const { causes = [], environments = [], enforce, rules } = parsed.data.spec;
  const problems: Problem[] = [];
  const compiled = rules.flatMap((rule, index): CompiledRule[] => {
    const { effect, source } = ruleOf(rule);
    const when = planExpression(source, VARIABLES);
    const wrong =
      "problem" in when ? [`the expression ${when.problem}`] : when.reads.flatMap((read) => unknownField(read) ?? []);
    problems.push(...wrong.map((text) => problem(document, ["spec", "rules", index, effect], text)));
    return "problem" in when ? [] : [{ effect, message: rule.message, when }];
  });
  return {
    guardrail: { name: parsed.data.metadata.name, path, causes, environments, enforce, rules: compiled },
    problems,
  };
}

/** Replaces a guardrail that cannot be used: a person has to look at every change. */
function reviewEverything({ name, path }: CompiledGuardrail): CompiledGuardrail {
  const when: Expression = { source: "true", reads: [], evaluate: () => ({ kind: "value", value: true }) };
  const message = `${path} has a Problem; until it is fixed, each change needs a person`;
  return { name, path, causes: [], environments: [], enforce: "default", rules: [{ effect: "review", message, when }] };
}

function ruleOf(rule: Guardrail["spec"]["rules"][number]): { readonly effect: Effect; readonly source: string } {
  if (rule.deny !== undefined) return { effect: "deny", source: rule.deny };
  if (rule.review !== undefined) return { effect: "review", source: rule.review };
  if (rule.warn !== undefined) return { effect: "warn", source: rule.warn };
  return { effect: "allow", source: rule.allow ?? "false" };
}
