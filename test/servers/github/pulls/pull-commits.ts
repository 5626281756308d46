import { type Commit, commitsBetween, isAncestor, readCommit } from "../git/commits.ts";
import type { Pull, Repository } from "../model/model.ts";

/** Longest chain of single-parent commits that is walked here before git is asked. */
const STEPS = 8;
const ancestors = new WeakMap<Repository, Map<string, boolean>>();

/** The commits of a pull request, oldest first: those of its head that its base does not hold. */
export async function pullCommits(pull: Pull): Promise<readonly Commit[]> {
  const { git } = pull.repository;
  const base =
    pull.state === "OPEN" ? ((await git.resolve(`refs/heads/${pull.baseRef}`)) ?? pull.baseOid) : pull.baseOid;
  const chain: Commit[] = [];
  for (let oid: string | undefined = pull.head; oid !== undefined && chain.length <= STEPS; ) {
    if (oid === base || (oid === pull.baseOid && (await isKnownAncestor(pull.repository, oid, base))))
      return chain.reverse();
    const commit: Commit | undefined = await readCommit(git, oid);
    if (commit === undefined) break;
    chain.push(commit);
    oid = commit.parents.length === 1 ? commit.parents[0] : undefined;
  }
  return commitsBetween(git, base, pull.head);
}

async function isKnownAncestor(repository: Repository, ancestor: string, commit: string): Promise<boolean> {
  const known = ancestors.get(repository) ?? new Map<string, boolean>();
  ancestors.set(repository, known);
  const key = `${ancestor} ${commit}`;
  const found = known.get(key) ?? (await isAncestor(repository.git, ancestor, commit));
  known.set(key, found);
  return found;
}

/** Paths that differ between the head and where it left the base. */
export async function changedFiles(pull: Pull): Promise<readonly string[]> {
  const { git } = pull.repository;
  const base =
    pull.state === "OPEN" ? ((await git.resolve(`refs/heads/${pull.baseRef}`)) ?? pull.baseOid) : pull.baseOid;
  const output = await git.git("diff", "--name-only", "--no-renames", "-z", `${base}...${pull.head}`);
  return output.split("\0").filter((path) => path !== "");
}
