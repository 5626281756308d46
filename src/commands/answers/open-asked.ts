import type { Base } from "../../forge/forge.ts";
import type { Step } from "../../pass/step.ts";
import type { World } from "../../pass/world.ts";
import { code, prose, some } from "../../pr/markdown.ts";
import { act } from "../../reconcile/decisions.ts";
import { REASONS } from "../../reconcile/reasons.ts";

/** What became of a pull request that a person asked for; `says`, why there is none, is Markdown. */
export type OpenedAsked =
  | { readonly kind: "opened"; readonly number: number | undefined }
  | { readonly kind: "none"; readonly says: string };

/** What a person asks for: `what` names the content, and `waits` says which reasons hold up only what RAOS does by itself. */
export interface Asked {
  readonly what: string;
  readonly waits: (reason: string) => boolean;
}

/** Opens the pull request of a step that a person asked for. Throws ForgeError. */
export async function openAsked(world: World, step: Step, base: Base, { what, waits }: Asked): Promise<OpenedAsked> {
  const refusal = refusalOf(step, what);
  if (refusal !== undefined) return none(refusal);
  const { decision } = step;
  const isOpening = decision.kind === "open" || (decision.kind === "skip" && waits(decision.reason));
  if (!isOpening) {
    const { reason } = "reason" in decision ? decision : { reason: undefined };
    return none(`Nothing was opened. ${reason === undefined ? "" : REASONS[reason].says}`.trim());
  }
  const result = await act({ kind: "open" }, step, world, base);
  return { kind: "opened", number: result?.pull?.number };
}

function refusalOf({ verdict, changes }: Step, what: string): string | undefined {
  const problems = (changes?.problems ?? []).map(({ file, message }) => `${code(file)}: ${prose(message, 200)}`);
  if (problems.length > 0) return `Nothing was opened: ${what} have Problems. ${some(problems, 5)}`;
  if (verdict?.kind !== "deny") return undefined;
  const denied = verdict.violations.map(({ guardrail, message }) => `${code(guardrail)}: ${prose(message, 200)}`);
  return `Nothing was opened: guardrails deny ${what}. ${some([...new Set(denied)], 5)}`;
}

function none(says: string): OpenedAsked {
  return { kind: "none", says };
}
