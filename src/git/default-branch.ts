import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GitError } from "./git-error.ts";
import type { GitPlace } from "./git-place.ts";
import { runGit } from "./run-git.ts";
import { listRefs } from "./write/refs.ts";

const HEADS = "refs/heads/";
const SETTING = "raos.defaultBranch";

/**
 * Returns a function that names the default branch of a repository on disk. A bare one, or a mirror, names it by HEAD. In a
 * working folder HEAD is what a person works on just now, so these are asked in turn: the setting `raos.defaultBranch`, which is
 * read once; `refs/remotes/origin/HEAD`, which `git clone` writes; `init.defaultBranch`, main and master where there is such a
 * branch; the only branch there is. The function throws GitError "refused" where none of these answers.
 */
export function defaultBranchReader(place: GitPlace): () => Promise<string> {
  let settings: Promise<ReadonlyMap<string, string>> | undefined;
  return async () => {
    if (place.bare) return (await checkedOut(place)) ?? refuse(place, "HEAD names no branch");
    settings ??= readSettings(place);
    const said = await settings;
    const set = said.get("raos.defaultbranch") ?? (await originHead(place));
    return set ?? guess(place, said.get("init.defaultbranch"));
  };
}

/** The branch that HEAD names; undefined where it names a commit. */
export async function checkedOut(place: GitPlace): Promise<string | undefined> {
  return (await symbolicRef(join(place.gitDir, "HEAD"), HEADS)) ?? headByGit(place);
}

async function guess(place: GitPlace, initial: string | undefined): Promise<string> {
  const head = await checkedOut(place);
  if (head !== undefined && head === (initial ?? "main")) return head;
  const branches = [...(await listRefs(place, HEADS)).keys()].map((ref) => ref.slice(HEADS.length));
  const known = [initial, "main", "master"].find((name) => name !== undefined && branches.includes(name));
  if (known !== undefined) return known;
  const [only = head, ...others] = branches.filter((name) => !name.startsWith("raos/"));
  if (only !== undefined && others.length === 0) return only;
  return refuse(place, "it has several branches, none of them main, and no remote origin that says which one counts");
}

function refuse({ workTree, gitDir, bare }: GitPlace, why: string): never {
  const help = bare ? "git symbolic-ref HEAD refs/heads/main" : `git config ${SETTING} <branch>`;
  throw new GitError(
    "refused",
    `the default branch of ${workTree ?? gitDir} is not known: ${why}; say it with ${help}`,
  );
}

async function readSettings(place: GitPlace): Promise<ReadonlyMap<string, string>> {
  const args = ["config", "--local", "--null", "--get-regexp", "^(raos|init)\\.defaultbranch$"];
  const { stdout } = await runGit(place, args, { accept: [0, 1] });
  const entries = stdout.toString("utf8").split("\0").filter(Boolean);
  return new Map(
    entries.map((entry) => {
      const [name = "", value = ""] = entry.split("\n");
      return [name.toLowerCase(), value];
    }),
  );
}

/** gitrepository-layout(5): a linked working folder has its own HEAD, and its refs in the repository that `commondir` names. */
async function originHead({ gitDir }: GitPlace): Promise<string | undefined> {
  const common = await readFile(join(gitDir, "commondir"), "utf8").catch(() => "");
  const folder = common === "" ? gitDir : resolve(gitDir, common.trim());
  return symbolicRef(join(folder, "refs", "remotes", "origin", "HEAD"), "refs/remotes/origin/");
}

/** The name that a symbolic ref's file holds, without the prefix; with the reftable format HEAD names `.invalid`. */
async function symbolicRef(file: string, prefix: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const [, ref = ""] = /^ref: ([^\n]+)\n$/.exec(text) ?? [];
  return ref.startsWith(prefix) && ref !== `${HEADS}.invalid` ? ref.slice(prefix.length) : undefined;
}

async function headByGit(place: GitPlace): Promise<string | undefined> {
  const { code, stdout } = await runGit(place, ["symbolic-ref", "--quiet", "HEAD"], { accept: [0, 1] });
  const ref = stdout.toString("utf8").trim();
  return code === 0 && ref.startsWith(HEADS) ? ref.slice(HEADS.length) : undefined;
}
