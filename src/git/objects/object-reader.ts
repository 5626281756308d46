import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { Socket } from "node:net";
import { untilDeadline } from "../../deadline/deadline.ts";
import type { Oid, Path, Sha } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../git-place.ts";
import { gitFailure, startGit, waitForEnd } from "../git-process.ts";
import { isOid, isRefName, isTreePath } from "../names.ts";
import { batchParser, type ObjectRead } from "./batch-parser.ts";
import { parseTree, type TreeEntry } from "./tree-entry.ts";

/** Reads objects through one `git cat-file` process. The first read starts it; later reads use it again. */
export interface ObjectReader {
  /** The object of that id; does not throw for one that is missing or too large. */
  object(oid: Oid): Promise<ObjectRead>;
  /** The object at a path of a commit, or `missing`. Follows no symbolic link. */
  at(commit: Sha, path: Path): Promise<ObjectRead>;
  /** The commit of a ref, given by its full name; undefined where there is none. */
  ref(ref: string): Promise<Sha | undefined>;
  /** One level of a folder of a commit ("" is its root), or undefined where there is no such folder. Paths start at the root. */
  list(commit: Sha, folder: Path): Promise<readonly TreeEntry[] | undefined>;
  /** Ends the process after the answers to earlier reads. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (read: ObjectRead) => void;
  readonly reject: (error: Error) => void;
}

/** How long the process waits for another read before it is ended, in milliseconds. */
const IDLE = 10_000;

/** `limit` is the largest object kept, in bytes; `idle`: how long the process is kept without a read, in milliseconds. */
export function openObjectReader(place: GitPlace, limit?: number, idle = IDLE): ObjectReader {
  let line: CatFile | undefined;
  const ask = async (name: string): Promise<ObjectRead> => {
    if (line === undefined) {
      const opened: CatFile = openLine(place, limit, idle, () => {
        if (line === opened) line = undefined;
      });
      line = opened;
    }
    // The process is shared with later passes, but each read ends with its own pass.
    return untilDeadline(line.ask(name));
  };
  const object = async (oid: Oid): Promise<ObjectRead> => (isOid(oid) ? ask(oid) : { kind: "missing" });
  const at = async (commit: Sha, path: Path): Promise<ObjectRead> =>
    isOid(commit) && (path === "" || isTreePath(path)) ? ask(`${commit}:${path}`) : { kind: "missing" };
  return {
    object,
    at,
    async ref(ref) {
      const read = isRefName(ref) ? await ask(`${ref}^{commit}`) : undefined;
      return read?.kind === "object" ? read.oid : undefined;
    },
    async list(commit, folder) {
      const read = await at(commit, folder);
      return read.kind === "object" && read.type === "tree"
        ? parseTree(read.bytes, folder, commit.length / 2)
        : undefined;
    },
    async close() {
      await line?.close();
    },
  };
}

interface CatFile {
  ask(name: string): Promise<ObjectRead>;
  close(): Promise<void>;
}

const ARGS = ["cat-file", "--batch-command", "--buffer", "-z"];

/** Reads of one turn of the event loop are sent in one write, with one flush at its end. */
function openLine(place: GitPlace, limit: number | undefined, idle: number, gone: () => void): CatFile {
  const child = startGit(place, ARGS);
  const parser = batchParser(limit);
  const waiting: Waiting[] = [];
  let unsent: string[] = [];
  let next = 0;
  let alarm: NodeJS.Timeout | undefined;

  const ended = waitForEnd(child).then((end) => {
    gone();
    fail(gitFailure(ARGS, end));
  });
  child.stdout.on("data", (chunk: Buffer) => {
    try {
      for (const read of parser.push(chunk)) waiting[next++]?.resolve(read);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
      child.kill();
    }
    if (next < waiting.length) return;
    waiting.length = 0;
    next = 0;
    keepAlive(child, false);
    // A read from now on starts another process, so that none is sent to one that ends.
    alarm = setTimeout(() => {
      gone();
      child.stdin.end();
    }, idle).unref();
  });

  function fail(error: Error): void {
    for (const one of waiting.splice(0).slice(next)) one.reject(error);
    next = 0;
  }

  function send(): void {
    const text = `${unsent.map((name) => `contents ${name}\0`).join("")}flush\0`;
    unsent = [];
    child.stdin.write(text);
  }

  return {
    ask(name) {
      return new Promise((resolve, reject) => {
        clearTimeout(alarm);
        if (waiting.length === 0) keepAlive(child, true);
        waiting.push({ resolve, reject });
        parser.expect(name);
        if (unsent.push(name) === 1) queueMicrotask(send);
      });
    },
    async close() {
      clearTimeout(alarm);
      keepAlive(child, true);
      child.stdin.end();
      await ended;
    },
  };
}

/** An idle Git process does not keep this process alive. */
function keepAlive(child: ChildProcessWithoutNullStreams, busy: boolean): void {
  for (const one of [child, child.stdin, child.stdout, child.stderr]) {
    if (!(one === child || one instanceof Socket)) continue;
    if (busy) one.ref();
    else one.unref();
  }
}
