import type { IssueProposal } from "../../domain/alert/incident.ts";
import { encodeIssueMarker } from "../../domain/alert/issue-marker.ts";
import type { Confounder, RolloutVerdict } from "../../domain/rollout-verdict/rollout-verdict.ts";
import { code, prose } from "../markdown.ts";
import { type RolloutPlace, verdictText } from "../verdict/verdict-text.ts";

/** Characters of the figures; a body holds 65,536. */
const LONGEST = 40_000;

/**
 * The issue that lists the changes of which one made an agent worse, where several reached it in the same time: nothing is taken back,
 * since that may be the wrong one. There is one for each agent and environment while it is open. Undefined where no change was among
 * what else happened, or nothing got worse.
 */
export function candidatesIssue(verdict: RolloutVerdict, place: RolloutPlace, pull: number): IssueProposal | undefined {
  const { reason } = verdict;
  if (reason.kind !== "confounded" || !reason.isWorse) return undefined;
  const others = reason.by.filter(isChange);
  if (others.length === 0) return undefined;
  const { agent, environment } = place;
  const key = `raos/worse/${environment}/${agent}`;
  const lead = `**${code(agent, 128)} got worse in ${code(environment, 63)}**, and several changes reached it in the same time. One of them may be why; RAOS takes none back by itself:`;
  const list = [`- #${pull}`, ...others.map(({ what }) => `- ${prose(what, 140)}`)].join("\n");
  const next = `Take back the one that you find to blame: ${code("/raos revert")} on its pull request, or a commit of your own. Close this issue once it is well.`;
  const figures = verdictText(verdict, place).trimEnd();
  const shown = figures.length <= LONGEST ? [figures] : [];
  const body = [lead, list, next, ...shown, encodeIssueMarker({ key })].join("\n\n");
  return {
    key,
    title: `Worse in ${environment}, for one of several changes: ${agent}`.slice(0, 200),
    body,
    labels: [],
  };
}

function isChange(one: Confounder): one is Extract<Confounder, { readonly kind: "another-change" }> {
  return one.kind === "another-change";
}
