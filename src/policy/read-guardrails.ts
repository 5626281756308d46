import { type Expression, expression } from "../domain/expression.ts";
import { Guardrail } from "../domain/kinds.ts";
import { type PolicyDocument, problem } from "../domain/policy-document.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import type { Path } from "../domain/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
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
  readonly enforce: "default" | "always";
  readonly rules: readonly CompiledRule[];
}

export interface GuardrailReading {
  readonly guardrails: readonly CompiledGuardrail[];
  readonly problems: readonly Problem[];
}

/** Guardrails that one repository may hold. */
const MOST = 500;

/**
 * The guardrails among these documents; documents of other kinds are passed over. One with a Problem is replaced by a
 * guardrail that wants a person for every change, so that a mistake in a policy never opens a gate. Where two have one
 * name the later is a Problem.
 */
export function readGuardrails(documents: readonly PolicyDocument[]): GuardrailReading {
  return finished(readingGuardrails(documents));
}

/** As `readGuardrails`, one at a time. */
export function* readingGuardrails(documents: readonly PolicyDocument[]): Work<GuardrailReading> {
  const guardrails = new Map<string, CompiledGuardrail>();
  const problems: Problem[] = [];
  for (const document of documents.filter((each) => kindOf(each.value) === "Guardrail")) {
    yield;
    const { guardrail, problems: found } = readOne(document);
    const other = guardrails.get(guardrail.name);
    if (guardrails.size >= MOST) found.push(problem(document, [], `there are more than ${MOST} guardrails; join some`));
    if (other !== undefined) {
      const message = `there is a guardrail "${guardrail.name}" already, in ${other.path}; give this one another name`;
      found.push(problem(document, ["metadata", "name"], message));
    }
    problems.push(...found);
    if (found.length === 0) guardrails.set(guardrail.name, guardrail);
    else if (guardrails.size <= MOST) guardrails.set(`${document.file}#${guardrails.size}`, closed(guardrail));
  }
  return { guardrails: [...guardrails.values()], problems: problems.sort(byPlace) };
}

/** Those that ship and the repository's own; one of its own replaces the one that ships under its name. */
export function withOwn(
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
    const problems = parsed.error.issues.map((issue) => problem(document, issue.path, issue.message));
    return { guardrail: { name: path, path, causes: [], environments: [], enforce: "default", rules: [] }, problems };
  }
  const { causes = [], environments = [], enforce, rules } = parsed.data.spec;
  const problems: Problem[] = [];
  const compiled = rules.flatMap((rule, index): CompiledRule[] => {
    const { effect, source } = ruleOf(rule);
    const when = expression(source, VARIABLES);
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

/** What stands for a guardrail that cannot be used as it is: a person looks at every change. */
function closed({ name, path }: CompiledGuardrail): CompiledGuardrail {
  const when: Expression = { source: "true", reads: [], evaluate: () => ({ kind: "value", value: true }) };
  const message = `${path} has a Problem; until it is fixed each change needs a person`;
  return { name, path, causes: [], environments: [], enforce: "default", rules: [{ effect: "review", message, when }] };
}

function ruleOf(rule: Guardrail["spec"]["rules"][number]): { readonly effect: Effect; readonly source: string } {
  if (rule.deny !== undefined) return { effect: "deny", source: rule.deny };
  if (rule.review !== undefined) return { effect: "review", source: rule.review };
  if (rule.warn !== undefined) return { effect: "warn", source: rule.warn };
  return { effect: "allow", source: rule.allow ?? "false" };
}
