import { actorOf, allows, demand } from "../model/access.ts";
import { type Caller, inTurn, type Repository, type World } from "../model/model.ts";
import { FORBIDDEN, Refusal } from "../model/refusal.ts";
import { person, WEB_FLOW } from "../pulls/merging.ts";
import { assertRefMove } from "../rules/rules.ts";
import { readCommit, writeCommit } from "./commits.ts";
import { moveRefs } from "./refs.ts";
import { changeTree, MissingFileError } from "./trees.ts";

export interface BranchCommit {
  readonly branch: string;
  readonly expectedHead: string;
  readonly headline: string;
  readonly body: string | undefined;
  readonly additions: readonly { readonly path: string; readonly contents: string }[];
  readonly deletions: readonly { readonly path: string }[];
}

/**
 * `createCommitOnBranch`: a commit by the caller, signed by GitHub, on top of the branch. Refuses where the branch does
 * not have its head at `expectedHead`, on a path given twice, on invalid base64, and on the deletion of a missing file.
 */
export async function commitOnBranch(
  world: World,
  caller: Caller,
  repository: Repository,
  wanted: BranchCommit,
): Promise<string> {
  demand(world, caller, repository, "contents", "write");
  const changes = readChanges(wanted);
  const touchesWorkflows = [...changes.keys()].some((path) => path.startsWith(".github/workflows/"));
  if (touchesWorkflows && caller.kind === "installation" && !allows(caller, repository, "workflows", "write"))
    throw new Refusal("FORBIDDEN", FORBIDDEN);
  const actor = actorOf(caller);
  return inTurn(repository, async () => {
    const ref = `refs/heads/${wanted.branch}`;
    const head = await repository.git.resolve(ref);
    if (head === undefined)
      throw new Refusal("NOT_FOUND", `No branch named "${wanted.branch}" was found in the repository.`);
    if (head !== wanted.expectedHead)
      throw new Refusal(
        "STALE_DATA",
        `Expected branch to point to "${wanted.expectedHead}" but it did not.  Pull and try again.`,
      );
    const base = await readCommit(repository.git, head);
    const tree = await changeTree(repository.git, base?.tree, changes).catch((error: unknown) => {
      if (error instanceof MissingFileError)
        throw new Refusal(
          "UNPROCESSABLE",
          `A path was requested for deletion which does not exist as of commit oid \`${head}\``,
        );
      throw error;
    });
    const message =
      wanted.body === undefined || wanted.body === "" ? wanted.headline : `${wanted.headline}\n\n${wanted.body}`;
    const commit = await writeCommit(repository.git, {
      parents: [head],
      tree: tree ?? (await repository.git.write("tree", Buffer.alloc(0))),
      message,
      author: person(actor),
      committer: WEB_FLOW,
      signature: "github",
    });
    await assertRefMove(world, repository, ref, head, commit);
    await moveRefs(world, repository, actor, [{ ref, after: commit, before: head }]);
    return commit;
  });
}

function readChanges(wanted: BranchCommit): Map<string, Uint8Array | undefined> {
  const changes = new Map<string, Uint8Array | undefined>();
  const add = (path: string, bytes: Uint8Array | undefined): void => {
    if (changes.has(path)) throw new Refusal("UNPROCESSABLE", `A path was found in multiple file changes: ${path}`);
    const parts = path.split("/");
    const isBad =
      parts.some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git") ||
      /[\0]/.test(path);
    if (isBad) throw new Refusal("UNPROCESSABLE", `A path was invalid: "${path}"`);
    changes.set(path, bytes);
  };
  for (const { path, contents } of wanted.additions) add(path, decode(contents));
  for (const { path } of wanted.deletions) add(path, undefined);
  return changes;
}

function decode(contents: string): Uint8Array {
  const bytes = Buffer.from(contents, "base64");
  // RFC 4648 with padding and nothing outside the alphabet, as the schema's description demands.
  if (bytes.toString("base64") !== contents)
    throw new Refusal("UNPROCESSABLE", "A file addition's contents were not valid base64");
  return bytes;
}
