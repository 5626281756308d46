import { planRevert } from "../../causes/regression/plan-revert.ts";
import type { AskedBy } from "../../causes/regression/restore-specs.ts";
import { beginPass } from "../../pass/begin-pass.ts";
import type { World } from "../../pass/world.ts";
import { noRevertText } from "../../pr/command/no-revert.ts";
import { openAsked } from "./open-asked.ts";

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
  if (planned.kind === "none") return none(noRevertText(planned.why));
  // The schedule is for what RAOS does by itself.
  const waits = (reason: string) => reason === "outside-schedule";
  const done = await openAsked(world, planned.step, begun.pass.base, { what: "the earlier values", waits });
  return done.kind === "none"
    ? none(done.says)
    : { opened: true, says: `#${done.number} takes back what #${number} changed.` };
}

function none(says: string): Reverted {
  return { opened: false, says };
}
