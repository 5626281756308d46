import { commitsBetween, writeCommit } from "../git/commits.ts";
import { NO_OID } from "../git/git-store.ts";
import { moveRefs, refMoved } from "../git/refs.ts";
import { WEB_FLOW_ACCOUNT } from "../git/signatures.ts";
import { actorOf, demand } from "../model/access.ts";
import { type Account, type Caller, inTurn, type Pull, type World } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { markMerged } from "./pull-follow.ts";

/** GitHub's own identity, the committer of what it commits on behalf of others. */
export const WEB_FLOW = { name: "GitHub", email: "noreply@github.com" };

/**
 * What the pull request list shows: the first question since head or base moved starts the computation and is answered
 * "UNKNOWN", as on GitHub; the next has the answer.
 */
export async function mergeability(pull: Pull): Promise<"MERGEABLE" | "CONFLICTING" | "UNKNOWN"> {
  if (pull.state !== "OPEN") return "UNKNOWN";
  const base = (await pull.repository.git.resolve(`refs/heads/${pull.baseRef}`)) ?? NO_OID;
  const key = `${base} ${pull.head}`;
  if (pull.mergeable?.key === key) return pull.mergeable.value;
  pull.mergeable = { key, value: (await mergedTree(pull, base)) === undefined ? "CONFLICTING" : "MERGEABLE" };
  return "UNKNOWN";
}

/** The tree of base and head merged, or undefined where they conflict. */
async function mergedTree(pull: Pull, base: string): Promise<string | undefined> {
  return pull.repository.git.git("merge-tree", "--write-tree", base, pull.head).then(
    (output) => output.trim(),
    () => undefined,
  );
}

export interface MergeRequest {
  readonly expectedHead?: string | undefined;
  readonly headline?: string | undefined;
  readonly body?: string | undefined;
  readonly method: "MERGE" | "SQUASH" | "REBASE";
}

/**
 * Merges into whatever the base is now; refuses a moved head and conflicts. Returns the commit now on the base. A merge
 * commit is by who merges; a squashed one is by who opened the pull request, whoever wrote what it holds; GitHub signs
 * both. Commits of a rebase keep their authors, and nobody signs them.
 */
export async function mergePull(world: World, caller: Caller, pull: Pull, request: MergeRequest): Promise<string> {
  demand(world, caller, pull.repository, "pull_requests", "write");
  demand(world, caller, pull.repository, "contents", "write");
  const actor = actorOf(caller);
  return inTurn(pull.repository, async () => {
    if (pull.state !== "OPEN" || pull.draft)
      throw new Refusal(
        "UNPROCESSABLE",
        pull.state === "MERGED" ? "Pull Request has already been merged" : "Pull Request is not mergeable",
      );
    if (request.expectedHead !== undefined && request.expectedHead !== pull.head)
      throw new Refusal("CONFLICT", "Head branch was modified. Review and try the merge again.");
    if (pull.repository.mergeRefusal !== undefined) throw new Refusal("UNPROCESSABLE", pull.repository.mergeRefusal);
    const { git } = pull.repository;
    const base = await git.resolve(`refs/heads/${pull.baseRef}`);
    const tree = base === undefined ? undefined : await mergedTree(pull, base);
    if (base === undefined || tree === undefined) throw new Refusal("UNPROCESSABLE", "Pull Request is not mergeable");
    const commit =
      request.method === "REBASE"
        ? await rebase(pull, base, actor)
        : await writeCommit(git, {
            parents: request.method === "MERGE" ? [base, pull.head] : [base],
            tree,
            message: message(pull, request),
            author: person(request.method === "MERGE" ? actor : pull.author),
            committer: WEB_FLOW,
            signature: "github",
          });
    await git.updateRefs([{ ref: `refs/heads/${pull.baseRef}`, after: commit, before: base }]);
    markMerged(world, pull, actor, commit);
    await refMoved(world, pull.repository, actor, `refs/heads/${pull.baseRef}`, base, commit);
    await dropBranch(world, pull, actor);
    return commit;
  });
}

async function rebase(pull: Pull, base: string, actor: Account): Promise<string> {
  const { git } = pull.repository;
  let tip = base;
  for (const { oid, author, message: words } of await commitsBetween(git, base, pull.head)) {
    const tree = (await git.git("merge-tree", "--write-tree", tip, oid)).trim();
    tip = await writeCommit(git, { parents: [tip], tree, message: words, author, committer: person(actor) });
  }
  return tip;
}

function message(pull: Pull, request: MergeRequest): string {
  const merged = `Merge pull request #${pull.number} from ${pull.headRepository.owner.login}/${pull.headRef}`;
  const headline = request.headline ?? (request.method === "MERGE" ? merged : `${pull.title} (#${pull.number})`);
  const body = request.body ?? (request.method === "MERGE" ? pull.title : "");
  return body === "" ? headline : `${headline}\n\n${body}`;
}

async function dropBranch(world: World, pull: Pull, actor: Account): Promise<void> {
  const { headRepository: repository } = pull;
  const ref = `refs/heads/${pull.headRef}`;
  if (!pull.repository.deleteBranchOnMerge || repository !== pull.repository) return;
  if ((await repository.git.resolve(ref)) !== undefined)
    await moveRefs(world, repository, actor, [{ ref, after: NO_OID, before: undefined }]);
}

/** Name and address an account's commits carry. */
export function person(account: Account): { readonly name: string; readonly email: string } {
  return { name: account.name, email: account.email };
}

/** Merges the base into the head's branch, as the button does; refuses a moved head, conflicts, and a branch that has it all. */
export async function updateBranch(
  world: World,
  caller: Caller,
  pull: Pull,
  expectedHead: string | undefined,
): Promise<void> {
  demand(world, caller, pull.headRepository, "contents", "write");
  const actor = actorOf(caller);
  await inTurn(pull.repository, async () => {
    const { git } = pull.headRepository;
    if (expectedHead !== undefined && expectedHead !== pull.head)
      throw new Refusal("UNPROCESSABLE", "expected head sha didn\u2019t match current head ref.");
    const base = await pull.repository.git.resolve(`refs/heads/${pull.baseRef}`);
    const tree = base === undefined ? undefined : await mergedTree(pull, base);
    if (base === undefined || tree === undefined)
      throw new Refusal("UNPROCESSABLE", "merge conflict between base and head");
    if ((await commitsBetween(git, pull.head, base)).length === 0)
      throw new Refusal("UNPROCESSABLE", "There are no new commits on the base branch.");
    const message = `Merge branch '${pull.baseRef}' into ${pull.headRef}`;
    const parents = [pull.head, base];
    const after = await writeCommit(git, { parents, tree, message, author: person(actor), committer: WEB_FLOW });
    await moveRefs(world, pull.headRepository, actor, [
      { ref: `refs/heads/${pull.headRef}`, after, before: pull.head },
    ]);
  });
}

/** The account whose address this is, where GitHub knows one. */
export function accountOf(world: World, email: string): Account | undefined {
  if (email.toLowerCase() === WEB_FLOW.email) return WEB_FLOW_ACCOUNT;
  for (const account of world.accounts.values())
    if (account.email.toLowerCase() === email.toLowerCase()) return account;
  return undefined;
}
