import type { PullRequest } from "../../domain/pull-request.ts";
import type { Sha } from "../../domain/values/scalars.ts";
import type { Repository } from "../../git/repository.ts";
import { type BranchCommits, readBranchCommits } from "./branch-commits.ts";
import type { PullRequestIndex, StoredPull } from "./pull-index.ts";
import { metaRef } from "./pull-refs.ts";

/**
 * The present state of stored pull requests. People may work in such a repository with Git alone: a pull request whose commits
 * are in the base counts as merged; one whose branch was deleted, or reset to the base, counts as closed.
 */
export async function resolvePulls(
  repository: Repository,
  index: Pick<PullRequestIndex, "branches" | "made">,
  stored: readonly StoredPull[],
): Promise<readonly PullRequest[]> {
  const { branch: main } = await repository.head();
  const baseOf = (pull: StoredPull) => (index.branches.has(pull.file.base) ? pull.file.base : main);
  const resolved: PullRequest[] = [];
  for (const [base, pulls] of Map.groupBy(stored, baseOf)) {
    const sha = index.branches.get(base);
    const commits = await readBranchCommits(
      repository.place,
      sha,
      pulls.flatMap((pull) => [pull.tip ?? pull.storedHead, pull.storedHead]),
    );
    resolved.push(...pulls.map((pull) => resolvePull(pull, base, { commits, made: index.made }, repository.name)));
  }
  return resolved.sort((a, b) => a.number - b.number);
}

interface Authorship {
  readonly commits: BranchCommits;
  readonly made: ReadonlySet<Sha>;
}

function resolvePull(pull: StoredPull, base: string, { commits, made }: Authorship, name: string): PullRequest {
  const { number, file } = pull;
  const head = (file.state === "open" ? pull.tip : undefined) ?? pull.storedHead;
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
    ...(file.rollout === undefined ? {} : { rollout: file.rollout.text }),
    createdAt: file.createdAt,
    headAt: file.createdAt,
    endedAt: state === "open" ? undefined : file.closedAt,
  };
}

/**
 * Whether RAOS made the branch's commit. In a copy of the repository, the log of own commits is empty. Then the commit counts
 * if it is the stored head, and `textByBot` is false, so that nothing is merged without a person.
 */
function isOwnHead({ meta, storedHead: written }: StoredPull, head: Sha, made: ReadonlySet<Sha>): boolean {
  return made.has(head) || (head === written && !made.has(meta));
}

function stateOf(pull: StoredPull, commits: BranchCommits): PullRequest["state"] {
  if (pull.file.state !== "open") return pull.file.state;
  if (!commits.isBeyond(pull.storedHead)) return "merged";
  return pull.tip !== undefined && commits.isBeyond(pull.tip) ? "open" : "closed";
}
