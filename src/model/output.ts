import * as z from "zod";
import type { Evidence } from "../domain/alert/evidence.ts";
import type { Json } from "../domain/values/scalars.ts";
import type { Answer, ProposedEdit } from "./investigator.ts";

/** The shape of a model's answer: what it found, how sure it is, its evidence, and the edits it proposes. */
export const Output = z.object({
  summary: z.string(),
  cause: z.string(),
  confidence: z.enum(["low", "medium", "high"]),
  evidence: z.array(z.string()).describe("Ids of the evidence, such as e1"),
  unresolved: z.boolean(),
  edits: z.array(
    z.object({
      at: z.string().describe("JSON pointer, such as /spec/scaling/max"),
      to: z.string().nullable().describe("The new value as JSON; null takes the value away"),
      why: z.string(),
      evidence: z.array(z.string()).describe("Ids of the evidence this edit rests on"),
    }),
  ),
});
export type Output = z.infer<typeof Output>;

/** Most edits of an answer, and most characters of a value. */
const MOST_EDITS = 20;
const LONGEST_VALUE = 4096;

/** Reads an answer: texts are cut, unknown evidence ids dropped, and values parsed as JSON. */
export function readOutput(
  output: Output,
  evidence: readonly Evidence[],
): Pick<Answer, "kind" | "summary" | "cause" | "confidence" | "cites" | "edits"> {
  const ids = new Set(evidence.map((one) => one.id));
  const known = (list: readonly string[]) => [...new Set(list.filter((id) => ids.has(id)))].slice(0, 20);
  const edits = output.edits.slice(0, MOST_EDITS).flatMap((edit): readonly ProposedEdit[] => {
    const to = edit.to === null ? { value: undefined } : jsonIn(edit.to);
    if (to === undefined) return [];
    // One character more than a pointer may have, so that a cut one is not legal.
    return [{ at: edit.at.slice(0, 257), to: to.value, why: edit.why.slice(0, 500), evidence: known(edit.evidence) }];
  });
  return {
    kind: output.unresolved ? "unresolved" : "found",
    summary: output.summary.slice(0, 4000),
    cause: output.cause.slice(0, 2000),
    confidence: output.confidence,
    cites: known(output.evidence),
    edits,
  };
}

/** A value given as JSON; a text that is not JSON is the value itself. Undefined where it is too long. */
function jsonIn(text: string): { readonly value: Json } | undefined {
  if (text.length > LONGEST_VALUE) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { value: text };
  }
}
