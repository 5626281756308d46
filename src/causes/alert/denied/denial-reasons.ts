import type { WantedEdit } from "../../../domain/alert/incident.ts";
import type { Prepared } from "../../../pass/prepare.ts";
import type { CompiledGuardrail } from "../../../policy/read-guardrails.ts";
import { rulesOf } from "./cut-to-guardrails.ts";

/**
 * Why planned edits cannot be made, for an issue: the edits with their values, then the change's Problems, else the guardrails
 * that deny it with their conditions, so that the reader sees which number forbids which.
 */
export function denialReasons(
  wanted: readonly WantedEdit[],
  { changes, verdict }: Pick<Prepared, "changes" | "verdict">,
  guardrails: readonly CompiledGuardrail[],
): readonly string[] {
  const planned = wanted.map(changeOf);
  if (changes.problems.length > 0)
    return [
      ...planned,
      ...changes.problems.map(({ file, line, pointer, message }) => `${file}:${line} ${pointer}: ${message}`),
    ];
  const violations = verdict.kind === "deny" ? verdict.violations : [];
  const conditions = rulesOf(violations, guardrails).map(({ when }) => `denied where: ${when.source}`);
  const denials = violations.map(({ guardrail, message }) => `guardrail ${guardrail}: ${message}`);
  return [...planned, ...denials, ...new Set(conditions)];
}

function changeOf({ at, from, to }: WantedEdit): string {
  const [before, after] = [from, to].map((value) => (value === undefined ? "no value" : JSON.stringify(value)));
  return `planned: ${at} from ${before} to ${after}`;
}
