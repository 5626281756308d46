import { amountText } from "../amount-text.ts";
import { type Ancestor, descendantsOf } from "../ancestors.ts";
import { isAmong } from "../is-among.ts";
import type { LineageView, RequestedAgent } from "../lineage-view.ts";
import { type GrantRefusal, refusal } from "../refusal.ts";
import { takesPlaceBefore } from "./counted.ts";
import { BUDGETED } from "./judge-budget.ts";

const FIELD = "/spec/supervision/createAgents";

/**
 * Whether what an agent may ask for itself is within the grant of each agent above it: at most what is left there when the agent is
 * new, and at most the grant as a whole later, since others may have taken of it meanwhile. Children inherit nothing.
 */
export function subgrantRefusals(
  asked: RequestedAgent,
  ancestors: readonly Ancestor[],
  view: LineageView,
): readonly GrantRefusal[] {
  const [parent] = ancestors;
  const improved = parent === undefined ? [] : beyondImproved(asked, parent);
  const own = asked.grant;
  if (own === undefined) return improved;
  const wider = ancestors.flatMap((ancestor) => {
    const { agent, depth, grant } = ancestor;
    const generations = grant.maxDepth - (asked.lineage.depth - depth);
    const left = leftBelow(ancestor, asked, view);
    const amounts = BUDGETED.filter((resource) => own.budget[resource] > left[resource] * (1 + 1e-9) + 1e-9);
    return [
      ...(own.max > left.agents ? [`max ${own.max} (${left.agents} are left below ${agent})`] : []),
      ...(own.maxDepth > generations
        ? [`maxDepth ${own.maxDepth} (${Math.max(0, generations)} are left below ${agent})`]
        : []),
      ...amounts.map(
        (resource) =>
          `a budget of ${amountText(resource, own.budget[resource])} of ${resource} (${amountText(resource, left[resource])} are left below ${agent})`,
      ),
    ];
  });
  const others = parent === undefined ? [] : beyondParent(asked, parent);
  const found = [...wider, ...others].map((what) =>
    refusal("grant-wider-than-parents", `${asked.agent} would grant more than it was granted: ${what}`, FIELD),
  );
  return [...found, ...improved];
}

function beyondImproved({ agent, improves }: RequestedAgent, parent: Ancestor): readonly GrantRefusal[] {
  const beyond = improves.filter((pattern) => !isAmong(pattern, parent.improves));
  if (beyond.length === 0) return [];
  const message = `${agent} would improve agents that ${parent.agent} may not improve: ${beyond.slice(0, 3).join(", ")}`;
  return [refusal("grant-wider-than-parents", message, "/spec/supervision/improves")];
}

function leftBelow({ agent, grant }: Ancestor, asked: RequestedAgent, { members }: LineageView) {
  const below = asked.isNew
    ? descendantsOf(agent, asked.lineage.root, members).filter(takesPlaceBefore(asked))
    : ([] as const);
  const places = asked.environments.map(({ environment, needs }) => ({ environment, needs }));
  const left = (resource: (typeof BUDGETED)[number]) => {
    if (!asked.isNew || places.length === 0) return grant.budget[resource];
    const taken = places.map(({ environment, needs }) =>
      below.reduce((sum, member) => sum + (member.needs[environment]?.[resource] ?? 0), needs[resource] ?? 0),
    );
    return Math.max(0, grant.budget[resource] - Math.max(...taken));
  };
  return {
    agents: Math.max(0, grant.max - 1 - below.length),
    cpu: left("cpu"),
    memory: left("memory"),
    dollars: left("dollars"),
  };
}

function beyondParent({ grant: own }: RequestedAgent, { agent, grant }: Ancestor): readonly string[] {
  if (own === undefined) return [];
  const templates = own.templates.filter((template) => !grant.templates.includes(template));
  return [
    ...(templates.length > 0 ? [`templates ${templates.join(", ")}, which ${agent} may not use`] : []),
    ...(own.perDay > grant.perDay ? [`perDay ${own.perDay} (${agent} has ${grant.perDay})`] : []),
    ...(own.timeToLive > grant.timeToLive ? [`a timeToLive longer than that of ${agent}`] : []),
    ...(own.sponsor !== undefined && own.sponsor !== grant.sponsor ? [`another sponsor, ${own.sponsor}`] : []),
  ];
}
