import { isDeepStrictEqual } from "node:util";
import type { WantedEdit } from "../../../domain/alert/incident.ts";
import { amountIn } from "../../../domain/values/quantity.ts";
import type { Violation } from "../../../domain/verdict.ts";
import type { CompiledGuardrail, CompiledRule } from "../../../policy/read-guardrails.ts";
import { isNoStep } from "../../../remedy/bounds/value-limits.ts";
import type { CompiledRemedy, RemedyEdit } from "../../../remedy/compiled-remedy.ts";
import { asSpecValue } from "../../../remedy/spec-value.ts";

/**
 * The edits with their values cut to the numbers of the guardrails that deny them; undefined where no value can be cut. Only a
 * value is cut of which the remedy says that less is of use, too: one with `most`, or `least` where it is lowered. The caller has
 * the guardrails judge the result.
 */
export function cutToGuardrails(
  edits: readonly WantedEdit[],
  violations: readonly Violation[],
  guardrails: readonly CompiledGuardrail[],
  remedy: CompiledRemedy | undefined,
): readonly WantedEdit[] | undefined {
  const numbers = [...new Set(rulesOf(violations, guardrails).flatMap(({ when }) => numbersIn(when.source)))];
  const cut = edits.map((edit) => cutEdit(edit, numbers, remedy?.edits ?? []));
  return isDeepStrictEqual(cut, edits) ? undefined : cut;
}

/** The rules behind these violations. */
export function rulesOf(
  violations: readonly Violation[],
  guardrails: readonly CompiledGuardrail[],
): readonly CompiledRule[] {
  return guardrails.flatMap(({ name, rules }) =>
    rules.filter(
      (rule) =>
        rule.effect === "deny" &&
        violations.some(({ guardrail, message }) => guardrail === name && message === rule.message),
    ),
  );
}

/** Numbers and quantities that an expression names, in base units. */
function numbersIn(source: string): readonly number[] {
  const found = source.match(/"\d{1,20}(\.\d{1,9})?[A-Za-z]{0,2}"|\b\d{1,20}(\.\d{1,9})?\b/g) ?? [];
  return found.map((text) => amountIn(text.replaceAll('"', ""))).filter((number) => number !== undefined);
}

function cutEdit(edit: WantedEdit, numbers: readonly number[], rules: readonly RemedyEdit[]): WantedEdit {
  const rule = edit.by === "rule" ? rules.find(({ at }) => at === edit.at) : undefined;
  const [from, wanted] = [amountIn(edit.from), amountIn(edit.to)];
  if (rule === undefined || from === undefined || wanted === undefined || edit.to === undefined) return edit;
  const isRaised = wanted > from;
  if ((isRaised ? rule.most : rule.least) === undefined) return edit;
  const between = numbers.filter((number) =>
    isRaised ? number > from && number < wanted : number < from && number > wanted,
  );
  if (between.length === 0) return edit;
  const to = asSpecValue(isRaised ? Math.max(...between) : Math.min(...between), rule.as);
  if (to === undefined || isNoStep(edit.from, to, edit.to)) return edit;
  return {
    ...edit,
    to,
    why: `${edit.why} A guardrail allows no more than ${String(to)}; ${String(edit.to)} was asked for.`,
  };
}
