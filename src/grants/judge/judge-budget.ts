import type { Needs } from "../../domain/grant/needs.ts";
import { amountText } from "../amount-text.ts";
import { type Ancestor, descendantsOf } from "../ancestors.ts";
import type { AskedEnvironment, LineageMember, LineageView, RequestedAgent } from "../lineage-view.ts";
import { type GrantRefusal, type RefusalReason, refusal } from "../refusal.ts";
import { takesPlaceBefore } from "./counted.ts";

/** What a budget counts. */
export type Budgeted = keyof Needs;
export const BUDGETED: readonly Budgeted[] = ["cpu", "memory", "dollars"];

const REASONS: Readonly<Record<Budgeted, RefusalReason>> = {
  cpu: "cpu-exceeded",
  memory: "memory-exceeded",
  dollars: "dollars-exceeded",
};
const FIELDS: Readonly<Record<Budgeted, string>> = {
  cpu: "/spec/runtime/resources/requests/cpu",
  memory: "/spec/runtime/resources/requests/memory",
  dollars: "/spec/limits/dollarsPerDay",
};

/**
 * Whether the agent fits into the budget of each agent above it, in each environment by itself, together with all others below that
 * one. An agent that is deployed and does not grow takes nothing more, and so is not refused for what others took.
 */
export function budgetRefusals(
  asked: RequestedAgent,
  ancestors: readonly Ancestor[],
  view: LineageView,
): readonly GrantRefusal[] {
  const found = ancestors.flatMap((ancestor) => {
    const below = descendantsOf(ancestor.agent, asked.lineage.root, view.members);
    const others = asked.isNew ? below.filter(takesPlaceBefore(asked)) : below;
    // One environment says it: in the others it is mostly the same.
    return BUDGETED.flatMap((resource) =>
      asked.environments.flatMap((place) => exceeding(resource, asked, place, ancestor, others)).slice(0, 1),
    );
  });
  const each = new Map(found.map((one) => [`${one.reason} ${one.message}`, one]));
  return [...each.values()];
}

function exceeding(
  resource: Budgeted,
  asked: RequestedAgent,
  { environment, needs, before }: AskedEnvironment,
  { agent, grant }: Ancestor,
  others: readonly LineageMember[],
): readonly GrantRefusal[] {
  const own = needs[resource];
  if (own === undefined) {
    const overlap = resource === "dollars" ? "" : ", and no runtime.job.concurrencyPolicy: Allow";
    const message = `${asked.agent} does not say how much ${wordOf(resource)} it takes; write ${FIELDS[resource].slice("/spec/".length).replaceAll("/", ".")}${overlap}`;
    return [refusal("needs-unknown", message, FIELDS[resource])];
  }
  const last = before?.[resource];
  if (last !== undefined && own <= last) return [];
  const amounts = others.filter(({ needs: of }) => Object.hasOwn(of, environment));
  const unknown = amounts.find(({ needs: of }) => of[environment]?.[resource] === undefined);
  if (unknown !== undefined) {
    const message = `it cannot be told how much ${wordOf(resource)} ${unknown.agent} takes, so nothing more can be granted below ${agent}; put its spec right first`;
    return [refusal("needs-unknown", message, FIELDS[resource])];
  }
  const taken = amounts.reduce((sum, { needs: of }) => sum + (of[environment]?.[resource] ?? 0), 0);
  const most = grant.budget[resource];
  // Sums of decimal fractions are a little off: 0.1 + 0.2 is more than 0.3.
  if (taken + own <= most * (1 + 1e-9) + 1e-9) return [];
  const text = (amount: number) => amountText(resource, amount);
  const message = `${asked.agent} takes ${text(own)} of ${wordOf(resource)} in ${environment}; of the ${text(most)} that may be used below ${agent}, ${text(Math.max(0, most - taken))} are left`;
  return [refusal(REASONS[resource], message, FIELDS[resource])];
}

function wordOf(resource: Budgeted): string {
  switch (resource) {
    case "cpu":
      return "CPU";
    case "memory":
      return "memory";
    case "dollars":
      return "model cost a day";
    default:
      return resource satisfies never;
  }
}
