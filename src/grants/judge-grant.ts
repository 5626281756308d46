import { ancestorsOf } from "./ancestors.ts";
import { belongingRefusals } from "./judge/judge-belonging.ts";
import { budgetRefusals } from "./judge/judge-budget.ts";
import { numberRefusals } from "./judge/judge-numbers.ts";
import { scopeRefusals } from "./judge/judge-scope.ts";
import { subgrantRefusals } from "./judge/judge-subgrant.ts";
import type { LineageView, RequestedAgent } from "./lineage-view.ts";
import { answerOf, type GrantAnswer, type GrantRefusal, refusal } from "./refusal.ts";

/**
 * Whether the grants of the agents above one cover it: its number, depth, rate, tenant, template, sponsor, what it may use, what it
 * requests together with the whole line, and what it grants itself. What cannot be read or told is refused. An agent that people
 * took over (`raos.dev/owner`) is theirs, and covered.
 */
export function judgeGrant(asked: RequestedAgent, view: LineageView): GrantAnswer {
  return answerOf(grantRefusals(asked, view));
}

/** As `judgeGrant`, with every reason: who asks can put all of them right at once. */
export function grantRefusals(asked: RequestedAgent, view: LineageView): readonly GrantRefusal[] {
  if (asked.lineage.owner !== undefined) return [];
  const others = { ...view, members: view.members.filter(({ agent }) => agent !== asked.agent) };
  const line = ancestorsOf(asked.agent, asked.lineage, others, asked.isNew);
  if (line.kind === "refused") return [line];
  const [parent] = line.ancestors;
  if (parent === undefined) return [refusal("lineage-unreadable", `nobody asked for ${asked.agent}`)];
  return [
    ...belongingRefusals(asked, parent),
    ...numberRefusals(asked, line.ancestors, others),
    ...budgetRefusals(asked, line.ancestors, others),
    ...scopeRefusals(asked, parent),
    ...subgrantRefusals(asked, line.ancestors, others),
  ];
}
