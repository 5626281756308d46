import { type Expression, expression } from "../domain/expression.ts";
import { Guardrail } from "../domain/kinds.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import type { JsonPointer, Path } from "../domain/scalars.ts";
import { unknownField } from "./known-fields.ts";
import { VARIABLES } from "./variables.ts";

/**
 * One document of a policy file, read already: its value, and where in the text a pointer, or its key, lies (lines and
 * columns from 1). What `spec/` reads is one.
 */
export interface PolicyDocument {
  readonly file: Path;
  readonly value: unknown;
  locate(pointer: JsonPointer, part?: "key" | "value"): { readonly line: number; readonly column: number };
}

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
  const guardrails = new Map<string, CompiledGuardrail>();
  const problems: Problem[] = [];
  for (const document of documents) {
    if (kindOf(document.value) !== "Guardrail") continue;
    const found = problemsOf(document);
    const parsed = Guardrail.safeParse(document.value);
    const name = parsed.success ? parsed.data.metadata.name : undefined;
    if (name !== undefined && guardrails.has(name)) {
      const first = guardrails.get(name)?.path ?? "";
      found.push(
        problem(
          document,
          ["metadata", "name"],
          `there is a guardrail "${name}" already, in ${first}; give this one another name`,
        ),
      );
    }
    if (guardrails.size >= MOST) found.push(problem(document, [], `there are more than ${MOST} guardrails; join some`));
    problems.push(...found);
    const made = found.length === 0 && parsed.success ? compiled(parsed.data, document.file) : undefined;
    if (made !== undefined) guardrails.set(made.name, made);
    else if (guardrails.size < MOST) guardrails.set(`${document.file}#${guardrails.size}`, closed(document.file, name));
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

function problemsOf(document: PolicyDocument): Problem[] {
  const parsed = Guardrail.safeParse(document.value);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => problem(document, issue.path, issue.message));
  }
  return parsed.data.spec.rules.flatMap((rule, index) => {
    const { effect, source } = ruleOf(rule);
    const made = expression(source, VARIABLES);
    const at = ["spec", "rules", index, effect];
    if ("problem" in made) return [problem(document, at, `the expression ${made.problem}`)];
    return made.reads.flatMap((path) => unknownField(path) ?? []).map((text) => problem(document, at, text));
  });
}

function compiled(guardrail: Guardrail, path: Path): CompiledGuardrail | undefined {
  const { causes = [], environments = [], enforce, rules } = guardrail.spec;
  const made = rules.flatMap((rule) => {
    const { effect, source } = ruleOf(rule);
    const when = expression(source, VARIABLES);
    return "problem" in when ? [] : [{ effect, message: rule.message, when }];
  });
  return { name: guardrail.metadata.name, path, causes, environments, enforce, rules: made };
}

function closed(path: Path, name: string | undefined): CompiledGuardrail {
  const always = expression("true", []);
  const rules =
    "problem" in always
      ? []
      : [
          {
            effect: "review" as const,
            message: `${path} has a Problem; until it is fixed each change needs a person`,
            when: always,
          },
        ];
  return { name: name ?? path, path, causes: [], environments: [], enforce: "default", rules };
}

function ruleOf(rule: Guardrail["spec"]["rules"][number]): { readonly effect: Effect; readonly source: string } {
  if (rule.deny !== undefined) return { effect: "deny", source: rule.deny };
  if (rule.review !== undefined) return { effect: "review", source: rule.review };
  if (rule.warn !== undefined) return { effect: "warn", source: rule.warn };
  return { effect: "allow", source: rule.allow ?? "false" };
}

/** A Problem in a policy's document, at the place the path leads to or the nearest there is above it. */
export function problem(document: PolicyDocument, path: readonly PropertyKey[], message: string): Problem {
  const pointer = path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  const { line, column } = document.locate(pointer);
  return { file: document.file, line, column, pointer, message };
}
