import { appendFile, mkdir, open, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Sha } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../git-place.ts";
import { isOid } from "../names.ts";
import { runGit } from "../run-git.ts";

/**
 * The ids of the commits that RAOS made in this repository, in a file of its `.git` folder, which no push can change. It is
 * needed because anybody can write any author into a commit. A copy of the repository has no such file.
 */
export interface CommitLog {
  /** Adds commits; call it before a ref points at them. Does nothing where the folder cannot be written. */
  add(commits: readonly Sha[]): Promise<void>;
  /** Every commit in the log. */
  known(): Promise<ReadonlySet<Sha>>;
}

/** Bytes of an id and its line end. */
const LINE = 41;
/** Above this size only the newest half is kept: older pull requests ended long ago. Bytes. */
const LARGEST = 400_000 * LINE;

/** The log of a repository; its file is created with the first commit. */
export function openCommitLog(place: GitPlace): CommitLog {
  const known = new Set<Sha>();
  let at: Promise<string> | undefined;
  let read = 0;
  const file = () => {
    at ??= fileOf(place);
    return at;
  };
  return {
    async add(commits) {
      const path = await file();
      try {
        await mkdir(dirname(path), { recursive: true });
        await appendFile(path, commits.map((commit) => `${commit}\n`).join(""), { mode: 0o600 });
      } catch {
        return;
      }
    },
    async known() {
      const path = await file();
      const handle = await open(path, "r").catch(() => undefined);
      if (handle === undefined) return known;
      try {
        const { size } = await handle.stat();
        // Calls may run at the same time: each computes its position from its own start, not from another call's result.
        const from = size < read ? 0 : read;
        const bytes = Buffer.alloc(size - from - ((size - from) % LINE));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
        for (const line of bytes.toString("latin1", 0, bytesRead).split("\n")) if (isOid(line)) known.add(line);
        read = from + bytesRead;
        if (size > LARGEST) await shorten(path);
      } finally {
        await handle.close();
      }
      return known;
    },
  };
}

/** In the Git folder that all working trees share. */
async function fileOf(place: GitPlace): Promise<string> {
  const { stdout } = await runGit(place, ["rev-parse", "--git-common-dir"]);
  return join(resolve(place.workTree ?? place.gitDir, stdout.toString("utf8").trim()), "raos", "commits");
}

async function shorten(path: string): Promise<void> {
  const text = await readFile(path, "latin1");
  const kept = text.slice(text.length - LARGEST / 2);
  await writeFile(`${path}.new`, kept.slice(kept.indexOf("\n") + 1), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
