import type { Caller } from "./model/model.ts";

/** GitHub's published limits; a test may set smaller ones. Undefined: no limit. */
export interface Limits {
  /** Requests an hour (REST) and points an hour (GraphQL), for one token. */
  readonly perHour: number;
  readonly window: number;
  readonly concurrent: number | undefined;
  readonly writesPerMinute: number | undefined;
  readonly writesPerHour: number | undefined;
  readonly restPointsPerMinute: number | undefined;
  readonly graphqlPointsPerMinute: number | undefined;
  /** Seconds in `retry-after`, and for how long a refused caller stays refused. */
  readonly retryAfter: number;
  /** Milliseconds in what counts as a minute. */
  readonly minute: number;
}

/** As docs.github.com publishes them for a GitHub App's installation. */
export const REAL_LIMITS: Limits = {
  perHour: 5000,
  window: 3_600_000,
  concurrent: 100,
  writesPerMinute: 80,
  writesPerHour: 500,
  restPointsPerMinute: 900,
  graphqlPointsPerMinute: 2000,
  retryAfter: 60,
  minute: 60_000,
};
/** Only the primary limit, too high to be reached. */
export const NO_LIMITS: Limits = {
  perHour: 1_000_000,
  window: 3_600_000,
  concurrent: undefined,
  writesPerMinute: undefined,
  writesPerHour: undefined,
  restPointsPerMinute: undefined,
  graphqlPointsPerMinute: undefined,
  retryAfter: 60,
  minute: 60_000,
};

type Resource = "core" | "graphql";

interface Budget {
  used: number;
  resetAt: number;
}

interface Tally {
  readonly primary: Record<Resource, Budget>;
  /** Moments of content writes and, with weights, of points. */
  writes: number[];
  points: { readonly at: number; readonly weight: number; readonly resource: Resource }[];
  running: number;
  refusedUntil: number;
}

export interface Weighing {
  readonly resource: Resource;
  readonly isWrite: boolean;
  /** Content-creating writes of the request. */
  readonly contents: number;
}

export type Ruling =
  | { readonly kind: "pass"; readonly done: () => void }
  | { readonly kind: "primary" }
  | { readonly kind: "secondary"; readonly retryAfter: number };

export interface Limiter {
  limits: Limits;
  admit(caller: Caller, weighing: Weighing): Ruling;
  /** The primary budget after this much was used (0: only looks). */
  spend(
    caller: Caller,
    resource: Resource,
    cost: number,
  ): { readonly limit: number; readonly used: number; readonly remaining: number; readonly reset: number };
}

/** Counts requests per caller and refuses as GitHub documents it. */
export function createLimiter(now: () => number, initial: Limits): Limiter {
  const tallies = new Map<string, Tally>();
  const tallyOf = (caller: Caller): Tally => {
    const key =
      caller.kind === "installation"
        ? `installation ${caller.installation.id}`
        : caller.kind === "user"
          ? caller.user.login
          : caller.kind;
    const known = tallies.get(key) ?? {
      primary: { core: { used: 0, resetAt: 0 }, graphql: { used: 0, resetAt: 0 } },
      writes: [],
      points: [],
      running: 0,
      refusedUntil: 0,
    };
    tallies.set(key, known);
    return known;
  };
  const limiter: Limiter = {
    limits: initial,
    admit: (caller, weighing) => {
      const { limits } = limiter;
      const tally = tallyOf(caller);
      if (budget(tally, weighing.resource).used >= limits.perHour) return { kind: "primary" };
      if (isOver(limits, tally, weighing))
        return { kind: "secondary", retryAfter: Math.max(1, Math.ceil((tally.refusedUntil - now()) / 1000)) };
      for (let count = 0; count < weighing.contents; count++) tally.writes.push(now());
      tally.points.push({ at: now(), weight: weighing.isWrite ? 5 : 1, resource: weighing.resource });
      tally.running++;
      return { kind: "pass", done: () => tally.running-- };
    },
    spend: (caller, resource, cost) => {
      const held = budget(tallyOf(caller), resource);
      held.used += cost;
      return {
        limit: limiter.limits.perHour,
        used: held.used,
        remaining: Math.max(0, limiter.limits.perHour - held.used),
        reset: Math.ceil(held.resetAt / 1000),
      };
    },
  };
  const budget = (tally: Tally, resource: Resource): Budget => {
    const held = tally.primary[resource];
    if (held.resetAt > now()) return held;
    held.used = 0;
    held.resetAt = now() + limiter.limits.window;
    return held;
  };
  const isOver = (limits: Limits, tally: Tally, weighing: Weighing): boolean => {
    if (tally.refusedUntil > now()) return true;
    const minute = now() - limits.minute;
    tally.writes = tally.writes.filter((at) => at > now() - 60 * limits.minute);
    tally.points = tally.points.filter(({ at }) => at > minute);
    const recent = tally.writes.filter((at) => at > minute).length;
    const points = tally.points.reduce(
      (sum, { weight, resource }) => (resource === weighing.resource ? sum + weight : sum),
      0,
    );
    const ceiling = weighing.resource === "core" ? limits.restPointsPerMinute : limits.graphqlPointsPerMinute;
    const over =
      tally.running >= (limits.concurrent ?? Number.POSITIVE_INFINITY) ||
      (weighing.contents > 0 && recent >= (limits.writesPerMinute ?? Number.POSITIVE_INFINITY)) ||
      (weighing.contents > 0 && tally.writes.length >= (limits.writesPerHour ?? Number.POSITIVE_INFINITY)) ||
      points >= (ceiling ?? Number.POSITIVE_INFINITY);
    if (over) tally.refusedUntil = now() + limits.retryAfter * 1000;
    return over;
  };
  return limiter;
}
