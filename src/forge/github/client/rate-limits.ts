import type { Instant } from "../../../domain/values/scalars.ts";

/** The budgets of requests that GitHub counts apart and RAOS uses; others are counted together. */
export const RESOURCES = ["core", "graphql", "other"] as const;
export type Resource = (typeof RESOURCES)[number];

/** How much of GitHub's hourly budgets of requests is used, from the headers of its answers. */
export interface RateLimits {
  /** A fetch that reads the headers of each answer. `owner` says whose budget it is: an installation, or a token. */
  watch(owner: string, send: typeof fetch): typeof fetch;
  /** The largest used share, 0 to 1, of any owner's budget whose hour has not ended. */
  usedShare(resource: Resource, now: Instant): number;
}

interface Budget {
  readonly share: number;
  readonly resetAt: Instant;
}

/** Most owners that are remembered; the one whose answer is oldest is forgotten first. */
const MOST = 1000;

/**
 * The budgets that answers named so far (`x-ratelimit-limit`, `-remaining`, `-reset`, `-resource`: docs.github.com,
 * Rate limits for the REST API). A header that is missing or no number counts as no answer.
 */
export function createRateLimits(): RateLimits {
  const budgets = new Map<string, ReadonlyMap<Resource, Budget>>();
  return {
    watch: (owner, send) => async (target, init) => {
      const response = await send(target, init);
      const read = readBudget(response.headers);
      if (read === undefined) return response;
      const known = new Map(budgets.get(owner)).set(read.resource, read.budget);
      budgets.delete(owner);
      const [oldest] = budgets.size >= MOST ? budgets.keys() : [];
      if (oldest !== undefined) budgets.delete(oldest);
      budgets.set(owner, known);
      return response;
    },
    usedShare: (resource, now) =>
      [...budgets.values()].reduce((most, known) => {
        const { share, resetAt } = known.get(resource) ?? { share: 0, resetAt: 0 };
        return resetAt > now ? Math.max(most, share) : most;
      }, 0),
  };
}

function readBudget(headers: Headers): { readonly resource: Resource; readonly budget: Budget } | undefined {
  const limit = numberIn(headers, "x-ratelimit-limit");
  const remaining = numberIn(headers, "x-ratelimit-remaining");
  const reset = numberIn(headers, "x-ratelimit-reset");
  if (limit === undefined || limit === 0 || remaining === undefined || reset === undefined) return undefined;
  const named = headers.get("x-ratelimit-resource") ?? "core";
  const resource = RESOURCES.find((one) => one === named) ?? "other";
  return { resource, budget: { share: Math.max(0, 1 - remaining / limit), resetAt: reset * 1000 } };
}

/** A header that is a whole number of at most 15 digits. */
function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name) ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
