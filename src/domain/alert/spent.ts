import * as z from "zod";
import type { ModelFinding } from "./incident.ts";

/** What a model took to investigate an incident: tokens in and out, and US dollars by the configured prices. */
export const Spent = z.strictObject({ tokens: z.int().nonnegative(), dollars: z.number().nonnegative() });
export type Spent = Readonly<z.infer<typeof Spent>>;

/** The costs of a finding, as a marker holds them; nothing where no model was asked. */
export function spentOn(finding: ModelFinding | undefined): { readonly spent?: Spent } {
  if (finding === undefined) return {};
  return { spent: { tokens: finding.tokens.input + finding.tokens.output, dollars: finding.dollars } };
}
