import type { Issue, Pull, Repository, World } from "./model.ts";

/** Which lists a request sees: the present ones, or those of so many requests ago. */
export interface View {
  /** Requests that lists of pull requests, issues, comments and events lag behind; 0: they are up to date. */
  readonly lists: number;
  readonly refs: number;
}
export const FRESH: View = { lists: 0, refs: 0 };

interface Moment {
  readonly request: number;
  readonly pulls: ReadonlyMap<number, Pull>;
  readonly issues: ReadonlyMap<number, Issue>;
}
interface Move {
  readonly request: number;
  readonly ref: string;
  readonly before: string;
}

/** What a replica that lags may still show: copies of the lists of the last requests, and where refs stood before. */
export interface History {
  /** The number of the request that is answered. */
  request: number;
  /** Requests whose lists are kept; 0: none, which costs nothing. */
  depth: number;
  readonly moments: WeakMap<Repository, Moment[]>;
  readonly moves: WeakMap<Repository, Move[]>;
}

export function createHistory(): History {
  return { request: 0, depth: 0, moments: new WeakMap(), moves: new WeakMap() };
}

/** Begins a request: the state before it is kept for requests that see the lists late. */
export function beginRequest(world: World): void {
  const { history } = world;
  history.request++;
  if (history.depth === 0) return;
  for (const repository of world.repositories.values()) {
    const kept = history.moments.get(repository) ?? [];
    history.moments.set(repository, kept);
    kept.push({
      request: history.request,
      pulls: new Map([...repository.pulls].map(([number, pull]) => [number, copyOf(pull)])),
      issues: new Map([...repository.issues].map(([number, issue]) => [number, copyOf(issue)])),
    });
    if (kept.length > history.depth) kept.shift();
  }
}

function copyOf<T extends Pull | Issue>(one: T): T {
  return {
    ...one,
    comments: [...one.comments],
    labels: [...one.labels],
    ...("closings" in one ? { closings: [...one.closings] } : {}),
  };
}

/** Keeps where a ref stood before it moved; `before` is `NO_OID` where there was none. */
export function noteMove({ history }: World, repository: Repository, ref: string, before: string): void {
  const moves = history.moves.get(repository) ?? [];
  history.moves.set(repository, moves);
  moves.push({ request: history.request, ref, before });
  if (moves.length > 1000) moves.shift();
}

function momentOf(world: World, repository: Repository, lag: number): Moment | undefined {
  if (lag === 0) return undefined;
  const kept = world.history.moments.get(repository) ?? [];
  return kept.find(({ request }) => request >= world.history.request - lag);
}

/** The repository's pull requests as a list shows them. */
export function listedPulls(world: World, repository: Repository, { lists }: View): ReadonlyMap<number, Pull> {
  return momentOf(world, repository, lists)?.pulls ?? repository.pulls;
}

/** The repository's issues as a list shows them. */
export function listedIssues(world: World, repository: Repository, { lists }: View): ReadonlyMap<number, Issue> {
  return momentOf(world, repository, lists)?.issues ?? repository.issues;
}

/** What a list of its comments or events shows of a pull request or an issue; undefined: nothing yet. */
export function listed<T extends Pull | Issue>(world: World, one: T, view: View): Pull | Issue | undefined {
  const moment = momentOf(world, one.repository, view.lists);
  if (moment === undefined) return one;
  return "kind" in one ? moment.issues.get(one.number) : moment.pulls.get(one.number);
}

/** The commit that a ref is shown at, given the one it is at. */
export function listedRef(
  world: World,
  repository: Repository,
  { refs }: View,
  ref: string,
  now: string | undefined,
): string | undefined {
  if (refs === 0) return now;
  const moves = world.history.moves.get(repository) ?? [];
  const since = world.history.request - refs;
  const first = moves.find((move) => move.ref === ref && move.request >= since);
  if (first === undefined) return now;
  return /^0+$/.test(first.before) ? undefined : first.before;
}
