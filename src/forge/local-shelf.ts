import type { StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import type { ObjectReader } from "../git/object-reader.ts";
import type { Repository } from "../git/repository.ts";
import { type BranchCommits, commitsBeyond } from "./local-commits.ts";
import { type PullFile, parsePullFile } from "./local-pull-file.ts";

/** Where the local forge keeps pull requests: `<number>/meta`, a chain of commits, and `<number>/head`. */
export const PULLS = "refs/raos/pulls/";
const HEADS = "refs/heads/";

export function metaRef(number: number): string {
  return `${PULLS}${number}/meta`;
}

/** Holds the head while the pull request is open what the bot last wrote; afterwards what it was closed or merged with. */
export function headRef(number: number): string {
  return `${PULLS}${number}/head`;
}

/** A pull request as its refs hold it. */
export interface StoredPull {
  readonly number: number;
  readonly meta: Sha;
  readonly file: PullFile;
  /** What `headRef` points at. */
  readonly written: Sha;
  /** The branch's commit; undefined where the branch is gone. */
  readonly tip: Sha | undefined;
}

/** Every pull request of a repository, as one look at its refs gives them. */
export interface Shelf {
  readonly pulls: readonly StoredPull[];
  readonly branches: ReadonlyMap<string, Sha>;
  /** Whether every one could be read. */
  readonly complete: boolean;
  /** Every number that is taken, readable or not. */
  readonly numbers: readonly number[];
}

/** Reads shelves; a `pull.json` is read once for each commit of its chain. */
export function shelfReader(repository: Repository, objects: ObjectReader) {
  const files = new Map<Sha, PullFile>();
  const fileAt = async (meta: Sha): Promise<PullFile | undefined> => {
    const known = files.get(meta);
    if (known !== undefined) return known;
    const read = await objects.at(meta, "pull.json");
    const file = read.kind === "object" && read.type === "blob" ? parsePullFile(read.bytes) : undefined;
    if (file !== undefined) files.set(meta, file);
    return file;
  };
  /** `which`: one number, or every one. Of branches only those that matter are read for one. */
  return async (which?: number): Promise<Shelf> => {
    const refs = await repository.refsBelow(...(which === undefined ? [PULLS, HEADS] : [`${PULLS}${which}/`]));
    const numbers = [...refs.keys()].map(numberOf).filter((number) => number !== undefined);
    numbers.sort((a, b) => a - b);
    const read = await Promise.all(numbers.map((number) => pullAt(number, refs)));
    const pulls = read.filter((pull) => pull !== undefined);
    const heads = which === undefined ? refs : await headsOf(pulls);
    const branches = new Map(
      [...heads].filter(([ref]) => ref.startsWith(HEADS)).map(([ref, sha]) => [ref.slice(HEADS.length), sha]),
    );
    return {
      pulls: pulls.map((pull) => ({ ...pull, tip: branches.get(pull.file.branch) })),
      branches,
      numbers,
      complete: pulls.length === read.length,
    };
  };

  async function pullAt(number: number, refs: ReadonlyMap<string, Sha>): Promise<Omit<StoredPull, "tip"> | undefined> {
    const meta = refs.get(metaRef(number));
    const written = refs.get(headRef(number));
    const file = meta === undefined ? undefined : await fileAt(meta);
    return meta === undefined || written === undefined || file === undefined
      ? undefined
      : { number, meta, file, written };
  }

  async function headsOf(pulls: readonly Omit<StoredPull, "tip">[]): Promise<ReadonlyMap<string, Sha>> {
    if (pulls.length === 0) return new Map();
    const { branch } = await repository.head();
    return repository.refsBelow(
      ...[branch, ...pulls.flatMap(({ file }) => [file.branch, file.base])].map((name) => `${HEADS}${name}`),
    );
  }
}

/** The number of a meta ref, or undefined where the ref is none. */
function numberOf(ref: string): number | undefined {
  const match = /^refs\/raos\/pulls\/([1-9]\d{0,8})\/meta$/.exec(ref);
  return match === null ? undefined : Number(match[1]);
}

/**
 * Pull requests as they stand. People work on such a repository with Git alone, so what they did counts as on GitHub: one
 * whose commits are in the base is merged; one whose branch is gone, or was put back to where it came from, is closed.
 */
export async function standingPulls(
  repository: Repository,
  shelf: Pick<Shelf, "branches">,
  stored: readonly StoredPull[],
): Promise<readonly StandingPull[]> {
  const { branch: main } = await repository.head();
  const baseOf = (pull: StoredPull) => (shelf.branches.has(pull.file.base) ? pull.file.base : main);
  const standing: StandingPull[] = [];
  for (const [base, pulls] of Map.groupBy(stored, baseOf)) {
    const sha = shelf.branches.get(base);
    const commits = await commitsBeyond(
      repository.place,
      sha,
      pulls.flatMap((pull) => [pull.tip ?? pull.written, pull.written]),
    );
    standing.push(...pulls.map((pull) => standingPull(pull, base, commits, repository.name)));
  }
  return standing.sort((a, b) => a.number - b.number);
}

function standingPull(pull: StoredPull, base: string, commits: BranchCommits, name: string): StandingPull {
  const { number, file } = pull;
  const head = (file.state === "open" ? pull.tip : undefined) ?? pull.written;
  const state = stateOf(pull, commits);
  return {
    number,
    id: metaRef(number),
    url: `${name}#${number}`,
    title: file.title,
    body: file.body,
    branch: file.branch,
    base,
    head,
    state,
    labels: file.labels,
    botOnly: commits.botOnly(head),
    closedByBot: file.state === "closed" && file.closedBy === "bot",
    handsOff: file.handsOff,
    createdAt: file.createdAt,
  };
}

function stateOf(pull: StoredPull, commits: BranchCommits): StandingPull["state"] {
  if (pull.file.state !== "open") return pull.file.state;
  if (!commits.isBeyond(pull.written)) return "merged";
  return pull.tip !== undefined && commits.isBeyond(pull.tip) ? "open" : "closed";
}
