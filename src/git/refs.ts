import type { Sha } from "../domain/scalars.ts";
import { GitError } from "./git-error.ts";
import type { GitPlace } from "./git-place.ts";
import { isOid, isRefName } from "./names.ts";
import { runGit } from "./run-git.ts";

/** A ref's change. `old` undefined: it must not be there yet. `new` undefined: it is deleted. */
export interface RefUpdate {
  readonly ref: string;
  readonly old: Sha | undefined;
  readonly new: Sha | undefined;
}

/**
 * Every ref below a prefix that ends in "/", such as `refs/heads/`, by name. Symbolic refs and refs of anything but
 * commits are left out.
 */
export async function refsBelow(place: GitPlace, ...prefixes: readonly string[]): Promise<ReadonlyMap<string, Sha>> {
  const format = "%(refname)%00%(objectname)%00%(objecttype)%00%(symref)";
  const { stdout } = await runGit(place, ["for-each-ref", `--format=${format}`, "--", ...prefixes]);
  const refs = new Map<string, Sha>();
  for (const line of stdout.toString("utf8").split("\n")) {
    const [ref = "", oid = "", type = "", symbolic = ""] = line.split("\0");
    if (type === "commit" && symbolic === "") refs.set(ref, oid);
  }
  return refs;
}

/**
 * Changes all refs or none. Throws GitError "stale" where one does not hold what was expected, "conflict" where a ref of
 * that name cannot be beside those there are (`a` beside `a/b`), "refused" where a name is none.
 */
export async function updateRefs(place: GitPlace, updates: readonly RefUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  for (const update of updates) assertUpdate(update);
  const input = `start\0${updates.map(command).join("")}prepare\0commit\0`;
  const { code, stderr } = await runGit(place, ["update-ref", "--no-deref", "--stdin", "-z"], {
    input,
    accept: [0, 1, 128],
  });
  if (code !== 0) throw refusal(stderr);
}

function command(update: RefUpdate): string {
  if (update.new === undefined) return `delete ${update.ref}\0${update.old ?? ""}\0`;
  return update.old === undefined
    ? `create ${update.ref}\0${update.new}\0`
    : `update ${update.ref}\0${update.new}\0${update.old}\0`;
}

function assertUpdate(update: RefUpdate): void {
  if (!isRefName(update.ref))
    throw new GitError("refused", `${JSON.stringify(update.ref.slice(0, 256))} is no name that Git takes for a ref`);
  if (![update.old, update.new].every((oid) => oid === undefined || isOid(oid))) {
    throw new GitError("refused", "a ref points at a whole object id");
  }
}

function refusal(stderr: string): GitError {
  const words = stderr.trim().replace(/^fatal: /, "");
  if (/; cannot create '|cannot process .{0,1000} at the same time/.test(words)) return new GitError("conflict", words);
  if (/but expected|reference already exists|unable to resolve reference|reference is missing/.test(words))
    return new GitError("stale", words);
  return new GitError("failed", `git update-ref failed: ${words}`);
}
