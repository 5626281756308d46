import type { Instant, Oid, Path, Sha } from "../domain/scalars.ts";
import { isBot } from "./bot.ts";
import type { GitPlace } from "./git-place.ts";
import type { ObjectReader } from "./object-reader.ts";
import { runGit, splitNul } from "./run-git.ts";
import { commitName } from "./tree.ts";

/** A file as one commit left it. */
export interface Version {
  readonly sha: Sha;
  /** When it was committed. */
  readonly at: Instant;
  /** Whether the bot is its author: a person or a forge that merges it is the committer at most. */
  readonly byBot: boolean;
  /** The first line of the commit's message, at most 200 characters. */
  readonly subject: string;
  /** Undefined where the commit deleted the file. */
  readonly oid: Oid | undefined;
  readonly bytes: Uint8Array | undefined;
}

/**
 * The versions of one file up to a commit, newest first, at most `most`; the commits that made them, not those that merged
 * them. Throws GitError where there is no such commit.
 */
export async function versions(
  place: GitPlace,
  objects: ObjectReader,
  commit: Sha,
  path: Path,
  most: number,
): Promise<readonly Version[]> {
  const format = "%H%x00%ct%x00%an%x00%ae%x00%s%x00";
  const args = ["log", `--format=tformat:${format}`, `--max-count=${most}`, "--no-renames", "--end-of-options"];
  // Paths are taken literally, and seen from the top: every Git command here runs that way.
  const { stdout } = await runGit(place, [...args, commitName(commit), "--", path]);
  const fields = splitNul(stdout);
  const found: Omit<Version, "oid" | "bytes">[] = [];
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const [sha = "", seconds = "", name = "", email = "", subject = ""] = fields.slice(at, at + 5);
    found.push({
      sha: sha.trim(),
      at: Number(seconds) * 1000,
      byBot: isBot({ name, email }) || /\[bot\]@users\.noreply\.github\.com$/.test(email),
      subject: subject.slice(0, 200),
    });
  }
  const load = async (version: Omit<Version, "oid" | "bytes">): Promise<Version> => {
    const read = await objects.at(version.sha, path);
    const blob = read.kind === "object" && read.type === "blob" ? read : undefined;
    return { ...version, oid: blob?.oid, bytes: blob?.bytes };
  };
  return Promise.all(found.map(load));
}
