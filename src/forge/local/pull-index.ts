import type { Sha } from "../../domain/values/scalars.ts";
import type { ObjectReader } from "../../git/objects/object-reader.ts";
import type { Repository } from "../../git/repository.ts";
import type { CommitLog } from "../../git/write/commit-log.ts";
import { HEADS, headRef, metaRef, numberOf, PULLS, usedNumbers } from "./pull-refs.ts";
import { type PullFile, parsePullFile } from "./stored-files.ts";

/** A pull request as its refs store it. */
export interface StoredPull {
  readonly number: number;
  readonly meta: Sha;
  readonly file: PullFile;
  /** The commit of `headRef`. */
  readonly storedHead: Sha;
  /** The branch's commit; undefined where the branch is gone. */
  readonly tip: Sha | undefined;
}

/** Every pull request of a repository, from one read of its refs. */
export interface PullRequestIndex {
  readonly pulls: readonly StoredPull[];
  readonly branches: ReadonlyMap<string, Sha>;
  /** The commits that RAOS made in this repository itself. */
  readonly made: ReadonlySet<Sha>;
  /** Whether every one could be read. */
  readonly complete: boolean;
  /** Every used number, of a pull request, readable or not, or of an issue; in order. */
  readonly numbers: readonly number[];
}

/** Most bytes of `pull.json` files kept in memory. */
const MEMO_LIMIT = 32 * 1024 * 1024;

export interface IndexReader {
  readAll(): Promise<PullRequestIndex>;
  readOne(number: number): Promise<PullRequestIndex>;
}

/** Reads the index; each `pull.json` is read once and then kept in memory. */
export function createIndexReader(repository: Repository, objects: ObjectReader, log: CommitLog): IndexReader {
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
  let next: Promise<PullRequestIndex> | undefined;
  /** Calls in the same turn of the event loop share one read, which starts after all of them, so none gets an older state. */
  function readOncePerTurn(): Promise<PullRequestIndex> {
    next ??= new Promise<void>((begin) => setImmediate(begin)).then(() => {
      next = undefined;
      return readEvery();
    });
    return next;
  }

  async function readEvery(): Promise<PullRequestIndex> {
    const refs = await repository.refsBelow(PULLS, HEADS);
    const made = await log.known();
    const filed = [...refs.keys()].map(numberOf).filter((number) => number !== undefined);
    filed.sort((a, b) => a - b);
    const numbers = usedNumbers(refs.keys());
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

  /** Reads one pull request, and only the branches that matter for it. */
  async function readPull(number: number): Promise<PullRequestIndex> {
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

  async function pullAt(
    number: number,
    meta: Sha | undefined,
    written: Sha | undefined,
  ): Promise<StoredPullFile | undefined> {
    if (meta === undefined || written === undefined) return undefined;
    const file = await fileAt(meta);
    return file === undefined ? undefined : { number, meta, file, storedHead: written };
  }

  return { readAll: readOncePerTurn, readOne: readPull };
}

type StoredPullFile = Omit<StoredPull, "tip">;
