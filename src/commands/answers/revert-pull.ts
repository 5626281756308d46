import { planRevert } from "../../causes/regression/plan-revert.ts";
import type { AskedBy } from "../../causes/regression/restore-specs.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { beginPass } from "../../pass/begin-pass.ts";
import type { Step } from "../../pass/step.ts";
import type { World } from "../../pass/world.ts";
import { noRevertText } from "../../pr/command/no-revert.ts";
import { code, prose, some } from "../../pr/markdown.ts";
import { act } from "../../reconcile/decisions.ts";
import { REASONS } from "../../reconcile/reasons.ts";

/** What became of the wish to take a pull request back; `says` is Markdown. */
export interface Reverted {
  readonly opened: boolean;
  readonly says: string;
}

/** Opens the pull request that takes back a merged one, where that is possible. Throws GitError or ForgeError. */
export async function revertPull(world: World, number: number, asked: AskedBy): Promise<Reverted> {
  const pull = await world.forge.pull(number);
  if (pull === undefined) return none(noRevertText({ kind: "not-of-raos" }));
  const begun = await beginPass(world);
  if (begun.kind === "nothing") return none("The default branch cannot be read, so nothing was opened.");
  const planned = await planRevert(begun.pass, pull, asked);
  return planned.kind === "none" ? none(noRevertText(planned.why)) : open(world, pull, planned.step, begun.pass.base);
}

async function open(
  world: World,
  { number }: PullRequest,
  step: Step,
  base: Parameters<typeof act>[3],
): Promise<Reverted> {
  const { decision, verdict, changes } = step;
  const problems = (changes?.problems ?? []).map(({ file, message }) => `${code(file)}: ${prose(message, 200)}`);
  if (problems.length > 0) return none(`Nothing was opened: the earlier values have Problems. ${some(problems, 5)}`);
  if (verdict?.kind === "deny") {
    const denied = verdict.violations.map(({ guardrail, message }) => `${code(guardrail)}: ${prose(message, 200)}`);
    return none(`Nothing was opened: guardrails deny the earlier values. ${some([...new Set(denied)], 5)}`);
  }
  // The schedule is for what RAOS does by itself.
  const isOpening = decision.kind === "open" || (decision.kind === "skip" && decision.reason === "outside-schedule");
  if (!isOpening) {
    const { reason } = "reason" in decision ? decision : { reason: undefined };
    return none(`Nothing was opened. ${reason === undefined ? "" : REASONS[reason].says}`.trim());
  }
  const result = await act({ kind: "open" }, step, world, base);
  return { opened: true, says: `#${result?.pull?.number} takes back what #${number} changed.` };
}

function none(says: string): Reverted {
  return { opened: false, says };
}
