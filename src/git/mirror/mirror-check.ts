import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { inflate } from "node:zlib";
import type { Sha } from "../../domain/values/scalars.ts";
import { GitError } from "../git-error.ts";
import type { GitPlace } from "../git-place.ts";
import { runGit } from "../run-git.ts";

/** Bytes of a SHA-1. */
const SUM = 20;

/**
 * Creates a function that checks a mirror each time it is called. It throws GitError "corrupt" where a file is not what Git
 * wrote, or part of a commit is missing: Git treats a damaged object as a missing one, and RAOS would plan a missing file as
 * a new one. Every byte is read once, and again where its file changed.
 */
export function mirrorCheck(place: GitPlace): (commit: Sha) => Promise<void> {
  const objects = join(place.gitDir, "objects");
  const corrupt = (what: string) => new GitError("corrupt", `the copy at ${place.gitDir} is damaged: ${what}`);
  let known: ReadonlyMap<string, string> | undefined;
  return async (commit) => {
    const present = await marksBelow(objects);
    const changed = [...present].filter(([file, mark]) => known?.get(file) !== mark).map(([file]) => file);
    for (const file of changed) {
      const isSound = SUMMED.test(file)
        ? await endsWithItsSum(join(objects, file))
        : await isLooseObject(objects, file);
      if (!isSound) throw corrupt(`objects/${file}`);
    }
    // New files come from a fetch, which checks itself that nothing is missing.
    const isOther = known === undefined || [...known].some(([file, mark]) => present.get(file) !== mark);
    if (isOther) {
      const args = ["rev-list", "--objects", "--no-walk", "--quiet", commit, "--"];
      const { code, stderr } = await runGit(place, args, { accept: [0, 1, 128, 129] });
      // In a repository without a commit nothing can be missing.
      if (code !== 0 && !/bad revision 'HEAD'|unknown revision/.test(stderr)) throw corrupt(stderr.trim());
    }
    known = present;
  };
}

/** Files whose last bytes are the SHA-1 of all before them: gitformat-pack(5), gitformat-commit-graph(5). */
const SUMMED =
  /^(pack\/(pack-[0-9a-f]+\.(pack|idx|rev|bitmap)|multi-pack-index)|info\/(commit-graph|commit-graphs\/.+\.graph))$/;
const LOOSE = /^[0-9a-f]{2}\/[0-9a-f]{38}$/;

/** Inode, size and time of each file: one of them changes when the file changes. */
async function marksBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = await readdir(folder, { recursive: true }).catch(() => []);
  const files = found.filter((name) => SUMMED.test(name) || LOOSE.test(name));
  const marks = await Promise.all(
    files.map(async (file) => {
      const one = await stat(join(folder, file)).catch(() => undefined);
      return [file, one === undefined ? "gone" : `${one.ino} ${one.size} ${one.mtimeMs}`] as const;
    }),
  );
  return new Map(marks.filter(([, mark]) => mark !== "gone"));
}

async function endsWithItsSum(file: string): Promise<boolean> {
  const hash = createHash("sha1");
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
      const bytes = Buffer.concat([tail, chunk]);
      const known = Math.max(0, bytes.length - SUM);
      hash.update(bytes.subarray(0, known));
      tail = bytes.subarray(known);
    }
  } catch (error) {
    // Another process may have repacked meanwhile.
    return error instanceof Error && "code" in error && error.code === "ENOENT";
  }
  return tail.length === SUM && hash.digest().equals(tail);
}

async function isLooseObject(objects: string, file: string): Promise<boolean> {
  try {
    const bytes = await promisify(inflate)(await readFile(join(objects, file)));
    return createHash("sha1").update(bytes).digest("hex") === file.replace("/", "");
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT";
  }
}
