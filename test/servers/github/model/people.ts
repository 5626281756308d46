import { type NewCommit, writeCommit } from "../git/commits.ts";
import { NO_OID } from "../git/git-store.ts";
import { moveRefs } from "../git/refs.ts";
import { changeTree } from "../git/trees.ts";
import { person } from "../pulls/merging.ts";
import { type Account, inTurn, type Repository, timestamp, type World } from "./model.ts";

/** What people do to a repository, with the consequences: webhooks, and pull requests that change. */

/** How a pushed commit is written: whoever pushes may put any name and address into it, and any signature beside it. */
export type Written = Partial<Pick<NewCommit, "author" | "committer" | "signature">>;

/** A commit pushed onto a branch, made from `from` where it is not there; `undefined` deletes a file. Returns its id. */
export async function push(
  world: World,
  repository: Repository,
  by: Account,
  branch: string,
  files: Readonly<Record<string, string | undefined>>,
  message: string,
  { from, ...written }: Written & { readonly from?: string } = {},
): Promise<string> {
  return inTurn(repository, async () => {
    const ref = `refs/heads/${branch}`;
    const held = await repository.git.resolve(ref);
    const parent = held ?? from;
    const base = parent === undefined ? undefined : await repository.git.resolve(`${parent}^{tree}`);
    const changes = new Map(
      Object.entries(files).map(([path, text]) => [path, text === undefined ? undefined : Buffer.from(text)]),
    );
    const tree =
      (await changeTree(repository.git, base, changes)) ?? (await repository.git.write("tree", Buffer.alloc(0)));
    const commit = await writeCommit(repository.git, {
      parents: parent === undefined ? [] : [parent],
      tree,
      message,
      author: person(by),
      committer: person(by),
      ...written,
    });
    await moveRefs(world, repository, by, [{ ref, after: commit, before: held ?? NO_OID }]);
    return commit;
  });
}

/** Sets a branch to a commit by force, or deletes it. */
export async function setBranch(
  world: World,
  repository: Repository,
  by: Account,
  branch: string,
  to: string | undefined,
): Promise<void> {
  await inTurn(repository, async () => {
    const ref = `refs/heads/${branch}`;
    const before = (await repository.git.resolve(ref)) ?? NO_OID;
    await moveRefs(world, repository, by, [{ ref, after: to ?? NO_OID, before }]);
  });
}

/** The default branch under another name; pull requests into it follow, as they do on GitHub. */
export async function renameDefaultBranch(world: World, repository: Repository, to: string): Promise<void> {
  await inTurn(repository, async () => {
    const { git, defaultBranch: from } = repository;
    const head = await git.resolve(`refs/heads/${from}`);
    if (head === undefined) throw new Error(`${from} is empty`);
    await git.updateRefs([{ ref: `refs/heads/${to}`, after: head, before: NO_OID }]);
    await git.git("symbolic-ref", "HEAD", `refs/heads/${to}`);
    await git.updateRefs([{ ref: `refs/heads/${from}`, after: NO_OID, before: head }]);
    repository.defaultBranch = to;
    repository.pushedAt = timestamp(world);
    for (const pull of repository.pulls.values()) if (pull.state === "OPEN" && pull.baseRef === from) pull.baseRef = to;
  });
}

/** Gives a repository another name; the old one leads to it until another repository gets that. */
export function renameRepository(world: World, repository: Repository, by: Account, to: string): void {
  const from = repository.name;
  const key = (name: string) => `${repository.owner.login}/${name}`.toLowerCase();
  world.repositories.delete(key(from));
  world.moved.set(key(from), repository);
  repository.name = to;
  world.repositories.set(key(to), repository);
  world.emit({ kind: "repository", action: "renamed", repository, from, actor: by });
}

/** Deletes a repository; its name is free. */
export function deleteRepository(world: World, repository: Repository, by: Account): void {
  world.repositories.delete(`${repository.owner.login}/${repository.name}`.toLowerCase());
  world.emit({ kind: "repository", action: "deleted", repository, actor: by });
}

/** Archives a repository, or brings it back. */
export function archiveRepository(world: World, repository: Repository, by: Account, isArchived = true): void {
  repository.isArchived = isArchived;
  world.emit({ kind: "repository", action: isArchived ? "archived" : "unarchived", repository, actor: by });
}
