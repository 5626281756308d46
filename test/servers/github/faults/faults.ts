/** The parts of a request that decide which faults it can have. */
export interface Asked {
  readonly channel: "rest" | "graphql" | "git";
  /** `POST /graphql`, `GET /repos/acme/fleet`; Git's begin with `GIT`: `GIT POST /acme/fleet/git-upload-pack`. */
  readonly route: string;
  readonly body: string;
  readonly isWrite: boolean;
}

type Fits = (asked: Asked) => boolean;
interface Nature {
  readonly fits: Fits;
  /** Whether the request takes effect where the fault does not say. */
  readonly effect: boolean;
}

const any: Fits = () => true;
const api: Fits = ({ channel }) => channel !== "git";
const graphql: Fits = ({ channel }) => channel === "graphql";
const read: Fits = ({ channel, isWrite }) => channel !== "git" && !isWrite;
const write: Fits = ({ channel, isWrite, route }) => channel !== "git" && isWrite && !route.includes("/access_tokens");
const merge: Fits = ({ route, body, isWrite }) =>
  isWrite && (/^PUT .*\/merge$/.test(route) || body.includes("mergePullRequest"));

/** Every kind of fault, and which requests it can affect. */
export const FAULTS = {
  /** An error page of GitHub's load balancer, `status` (left out, 502): 500, 502, 503, 504. */
  status: { fits: any, effect: false },
  /** 503 with `retry-after`. */
  unavailable: { fits: any, effect: false },
  /** Half of the body, then the connection ends: of JSON, or of a pack. */
  truncate: { fits: any, effect: true },
  /** The connection ends before an answer, and before or after the effect. */
  reset: { fits: any, effect: false },
  hang: { fits: any, effect: false },
  slow: { fits: any, effect: true },
  /** The answer comes in twenty pieces, `milliseconds` apart. */
  drip: { fits: any, effect: true },
  /** 200 with a page for people where JSON should be. */
  html: { fits: api, effect: false },
  /** 200 and nothing else. */
  empty: { fits: api, effect: false },
  /** The primary rate limit is used up for `milliseconds`. */
  "primary-limit": { fits: api, effect: false },
  /** 403 for `milliseconds`; 0 leaves `retry-after` out, as GitHub may. */
  "secondary-limit": { fits: api, effect: false },
  /** The same with 429. */
  "too-many-requests": { fits: api, effect: false },
  /** The token ends now, before its time: 401 until another is asked for. */
  "expired-token": { fits: any, effect: true },
  /** 403, "This installation has been suspended". */
  suspended: { fits: api, effect: false },
  /** A permission is missing. */
  forbidden: { fits: api, effect: false },
  /** The repository is not there for a moment. */
  "not-found": { fits: any, effect: false },
  "head-moved": { fits: merge, effect: false },
  "base-modified": { fits: merge, effect: false },
  /** 422, "was submitted too quickly". */
  validation: { fits: write, effect: false },
  /** One field of the answer is null, with an error beside the data: `field`, or one by chance. */
  partial: { fits: graphql, effect: true },
  /** GraphQL gives up, after the effect where there is one. */
  "graphql-timeout": { fits: graphql, effect: true },
  /**
   * Lists of pull requests, issues, comments and events are as they were `requests` requests ago, as a replica that
   * lags has them. What is read by its number or id is up to date.
   */
  stale: { fits: read, effect: true },
  /** So are refs. */
  "stale-refs": { fits: read, effect: true },
} as const satisfies Readonly<Record<string, Nature>>;

export type FaultKind = keyof typeof FAULTS;

/** A fault to inject: what goes wrong, for how many requests, and for which. */
export interface Fault {
  readonly kind: FaultKind;
  /** For `status`: 500, 502, 503 … */
  readonly status: number;
  readonly milliseconds: number;
  /** Whether the request takes effect before its answer goes wrong. */
  readonly effect: boolean;
  times: number;
  /** Affects one of so many matching requests, by chance; 1: each. */
  readonly chance: number;
  /** Matches method and path, `POST /graphql`, as a substring. A fault of Git's requests says `GIT`. */
  readonly route: string;
  /** Matches the body, as a substring. */
  readonly body: string;
  /** For `stale` and `stale-refs`: how many requests a list lags behind. */
  readonly requests: number;
  /** For `partial`: the name of the field that fails. */
  readonly field: string | undefined;
}

/** A fault from `POST /_test/faults`, with what was left out filled in. */
export function readFault(value: Readonly<Record<string, unknown>>): Fault {
  const kind = Object.keys(FAULTS).find((each): each is FaultKind => each === value.kind);
  if (kind === undefined) throw new Error(`kind is one of ${Object.keys(FAULTS).join(", ")}`);
  const number = (given: unknown, other: number): number => (typeof given === "number" ? given : other);
  return {
    kind,
    status: number(value.status, kind === "graphql-timeout" ? 200 : 502),
    milliseconds: number(value.milliseconds, 1000),
    effect: typeof value.effect === "boolean" ? value.effect : FAULTS[kind].effect,
    times: number(value.times, 1),
    chance: number(value.chance, 1),
    route: typeof value.route === "string" ? value.route : "",
    body: typeof value.body === "string" ? value.body : "",
    requests: number(value.requests, 5),
    field: typeof value.field === "string" ? value.field : undefined,
  };
}

/** The first fault that matches the request, and by chance applies; it counts as used once. `random` gives numbers of 0 to 1. */
export function takeFault(faults: readonly Fault[], asked: Asked, random: () => number): Fault | undefined {
  const found = faults.find(
    (fault) =>
      fault.times > 0 &&
      fault.route.startsWith("GIT") === (asked.channel === "git") &&
      asked.route.includes(fault.route) &&
      asked.body.includes(fault.body) &&
      FAULTS[fault.kind].fits(asked) &&
      (fault.chance >= 1 || random() < fault.chance),
  );
  if (found !== undefined) found.times--;
  return found;
}
