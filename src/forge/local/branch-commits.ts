import type { Sha } from "../../domain/values/scalars.ts";
import { isBot } from "../../git/bot.ts";
import type { GitPlace } from "../../git/git-place.ts";
import { runGit } from "../../git/run-git.ts";

/** The commits of some branches that are not in their base. */
export interface BranchCommits {
  /** Whether the commit is not in the base. */
  isBeyond(commit: Sha): boolean;
  /** Whether the bot is author and committer of every commit up to this one that is not in the base. */
  botOnly(head: Sha): boolean;
}

interface Commit {
  readonly parents: readonly Sha[];
  readonly byBot: boolean;
}

/** The last answers: the same commits always have the same ancestors. */
const LAST = new WeakMap<GitPlace, Map<string, Promise<BranchCommits>>>();
const KEPT = 4;

/** Reads the commits of all `heads` with one Git process. `base` undefined: every commit counts as not in the base. */
export async function readBranchCommits(
  place: GitPlace,
  base: Sha | undefined,
  heads: readonly Sha[],
): Promise<BranchCommits> {
  const input = [...new Set(heads), ...(base === undefined ? [] : [`^${base}`])].map((line) => `${line}\n`).join("");
  const known = LAST.get(place) ?? new Map<string, Promise<BranchCommits>>();
  LAST.set(place, known);
  const found = known.get(input) ?? readCommits(place, heads, input);
  known.delete(input);
  known.set(input, found);
  const [oldest] = known.size > KEPT ? known.keys() : [];
  if (oldest !== undefined) known.delete(oldest);
  found.catch(() => known.delete(input));
  return found;
}

async function readCommits(place: GitPlace, heads: readonly Sha[], input: string): Promise<BranchCommits> {
  const commits = new Map<Sha, Commit>();
  // Both names: whoever rebases or amends the bot's commits becomes their committer.
  const format = "%H%x00%P%x00%an%x00%ae%x00%cn%x00%ce%x00";
  const args = ["rev-list", "--stdin", "--no-commit-header", `--format=${format}`];
  const { stdout } = heads.length === 0 ? { stdout: Buffer.alloc(0) } : await runGit(place, args, { input });
  const fields = stdout.toString("utf8").split("\0");
  for (let at = 0; at + 5 < fields.length; at += 6) {
    const [sha = "", parents = "", name = "", email = "", committer = "", address = ""] = fields.slice(at, at + 6);
    commits.set(sha.trim(), {
      parents: parents.split(" ").filter((parent) => parent !== ""),
      byBot: isBot({ name, email }) && isBot({ name: committer, email: address }),
    });
  }
  return {
    isBeyond: (commit) => commits.has(commit),
    botOnly(head) {
      const seen = new Set<Sha>();
      const next = [head];
      for (let sha = next.pop(); sha !== undefined; sha = next.pop()) {
        const commit = commits.get(sha);
        if (commit === undefined || seen.has(sha)) continue;
        if (!commit.byBot) return false;
        seen.add(sha);
        next.push(...commit.parents);
      }
      return true;
    },
  };
}
