import { prepareTakeBack } from "../../causes/regression/plan-regressions.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { ThreadComment } from "../../domain/review/command.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { beginPass } from "../../pass/begin-pass.ts";
import type { World } from "../../pass/world.ts";
import { prose } from "../../pr/markdown.ts";

/**
 * Opens the pull request that takes back what a merged one of RAOS changed; one for each, however often it is asked for. Returns the
 * answer. Throws GitError or ForgeError.
 */
export async function takeBack(world: World, { number, author }: ThreadComment): Promise<string> {
  const pull = await world.forge.pull(number);
  if (pull === undefined) return "This is no pull request of RAOS, so there is nothing to take back.";
  const { pulls } = await world.forge.pullRequests([branchFor({ kind: "regression", pull: number })]);
  const earlier = pulls.find(({ branch }) => branch === branchFor({ kind: "regression", pull: number }));
  if (earlier !== undefined) return `#${earlier.number} takes it back already; it is ${earlier.state}.`;
  const begun = await beginPass(world, { isDryRun: true });
  if (begun.kind === "nothing") return "Nothing can be planned in this repository now.";
  const why = `${author} asked for pull request ${number} to be taken back.`;
  const back = await prepareTakeBack(begun.pass, pull, why);
  if (back.kind === "refused") return back.why;
  const { proposal, verdict } = back.prepared;
  if (proposal === undefined) return verdict.kind === "deny" ? denialText(verdict) : NOTHING_LEFT;
  const opened = await world.forge.open({ ...proposal, autoMerge: false }, begun.pass.base);
  return `#${opened.number} takes it back.`;
}

const NOTHING_LEFT = "The default branch holds nothing of it any more.";

function denialText({ violations }: Extract<Verdict, { readonly kind: "deny" }>): string {
  const messages = violations.map(({ guardrail, message }) => `- ${prose(`${guardrail}: ${message}`, 400)}`);
  return ["The guardrails deny it:", ...messages].join("\n");
}
