import type { StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import type { CommitLog } from "../git/commit-log.ts";
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
  /** The commits that RAOS made in this repository itself. */
  readonly made: ReadonlySet<Sha>;
  /** Whether every one could be read. */
  readonly complete: boolean;
  /** Every number that is taken, by a pull request, readable or not, or by an issue; in order. */
  readonly numbers: readonly number[];
}

/** Most bytes of `pull.json` files kept in memory. */
const MEMO_LIMIT = 32 * 1024 * 1024;

export interface Shelves {
  every(): Promise<Shelf>;
  one(number: number): Promise<Shelf>;
}

/** Reads shelves; a `pull.json` is read once for each commit of its chain. */
export function shelfReader(repository: Repository, objects: ObjectReader, log: CommitLog): Shelves {
  const files = new Map<Sha, PullFile>();
  let kept = 0;
  const fileAt = async (meta: Sha): Promise<PullFile | undefined> => {
    const known = files.get(meta);
    if (known !== undefined) return known;
    const read = await objects.at(meta, "pull.json");
    const file = read.kind === "object" && read.type === "blob" ? parsePullFile(read.bytes) : undefined;
    if (file === undefined || read.kind !== "object") return file;
    kept += read.bytes.length;
    if (kept > MEMO_LIMIT) {
      files.clear();
      kept = read.bytes.length;
    }
    files.set(meta, file);
    return file;
  };
  let next: Promise<Shelf> | undefined;
  /** Who asks at the same moment shares one read, which begins once all have asked: nobody sees what was before. */
  function every(): Promise<Shelf> {
    next ??= new Promise<void>((begin) => setImmediate(begin)).then(() => {
      next = undefined;
      return readEvery();
    });
    return next;
  }

  async function readEvery(): Promise<Shelf> {
    const refs = await repository.refsBelow(PULLS, HEADS);
    const made = await log.known();
    const filed = [...refs.keys()].map(numberOf).filter((number) => number !== undefined);
    filed.sort((a, b) => a - b);
    const numbers = takenNumbers(refs.keys());
    const heads = [...refs].filter(([ref]) => ref.startsWith(HEADS));
    const branches = new Map(heads.map(([ref, sha]) => [ref.slice(HEADS.length), sha]));
    const read = await Promise.all(
      filed.map((number) => pullAt(number, refs.get(metaRef(number)), refs.get(headRef(number)))),
    );
    const pulls = read.filter((pull) => pull !== undefined);
    return {
      pulls: pulls.map((pull) => ({ ...pull, tip: branches.get(pull.file.branch) })),
      branches,
      numbers,
      made,
      complete: pulls.length === read.length,
    };
  }

  /** Of branches only those are read that matter for it. */
  async function one(number: number): Promise<Shelf> {
    const [meta, written] = await Promise.all([objects.ref(metaRef(number)), objects.ref(headRef(number))]);
    const made = await log.known();
    if (meta === undefined) return { pulls: [], branches: new Map(), numbers: [], made, complete: true };
    const pull = await pullAt(number, meta, written);
    if (pull === undefined) return { pulls: [], branches: new Map(), numbers: [number], made, complete: false };
    const { branch: main } = await repository.head();
    const names = [pull.file.branch, pull.file.base, main];
    const heads = await Promise.all(names.map((name) => objects.ref(`${HEADS}${name}`)));
    const branches = new Map<string, Sha>();
    for (const [index, name] of names.entries()) {
      const sha = heads[index];
      if (sha !== undefined) branches.set(name, sha);
    }
    return {
      pulls: [{ ...pull, tip: branches.get(pull.file.branch) }],
      branches,
      numbers: [number],
      made,
      complete: true,
    };
  }

  async function pullAt(number: number, meta: Sha | undefined, written: Sha | undefined): Promise<Filed | undefined> {
    if (meta === undefined || written === undefined) return undefined;
    const file = await fileAt(meta);
    return file === undefined ? undefined : { number, meta, file, written };
  }

  return { every, one };
}

type Filed = Omit<StoredPull, "tip">;

/** The numbers that refs below `PULLS` take, in order. An issue takes its own there by a head without a meta. */
export function takenNumbers(refs: Iterable<string>): readonly number[] {
  const numbers = [...refs].map((ref) =>
    Number(/^refs\/raos\/pulls\/([1-9]\d{0,8})\/(?:meta|head)$/.exec(ref)?.[1] ?? 0),
  );
  return [...new Set(numbers)].filter((number) => number > 0).sort((a, b) => a - b);
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
  shelf: Pick<Shelf, "branches" | "made">,
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
    standing.push(...pulls.map((pull) => standingPull(pull, base, { commits, made: shelf.made }, repository.name)));
  }
  return standing.sort((a, b) => a.number - b.number);
}

interface Authorship {
  readonly commits: BranchCommits;
  readonly made: ReadonlySet<Sha>;
}

function standingPull(pull: StoredPull, base: string, { commits, made }: Authorship, name: string): StandingPull {
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
    botOnly: commits.botOnly(head) && isOwnHead(pull, head, made),
    openedByBot: true,
    textByBot: made.has(pull.meta),
    closedByBot: file.state === "closed" && file.closedBy === "bot",
    handsOff: file.handsOff,
    createdAt: file.createdAt,
    headAt: file.createdAt,
    endedAt: state === "open" ? undefined : file.closedAt,
  };
}

/**
 * Whether the branch stands where RAOS put it. Where even the entry is of another repository's RAOS (this is a copy), the ref
 * beside it is all there is to go by; then nothing is merged on its word.
 */
function isOwnHead({ meta, written }: StoredPull, head: Sha, made: ReadonlySet<Sha>): boolean {
  return made.has(head) || (head === written && !made.has(meta));
}

function stateOf(pull: StoredPull, commits: BranchCommits): StandingPull["state"] {
  if (pull.file.state !== "open") return pull.file.state;
  if (!commits.isBeyond(pull.written)) return "merged";
  return pull.tip !== undefined && commits.isBeyond(pull.tip) ? "open" : "closed";
}
