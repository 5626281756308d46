import type { RepoKey } from "../../domain/trigger.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { UsageError } from "../shell.ts";
import { repositoryFolder } from "../world/repository-folder.ts";

/** The folder of each served repository in which RAOS's files lie. */
export interface ServedFolders {
  /** "" is the repository's top. */
  of(repo: RepoKey): Path;
  /** The names of repositories with a folder of their own that are none of these. */
  unknownAmong(repos: Iterable<RepoKey>): readonly string[];
}

/**
 * The folders that `--path` names: `platform` for every repository, `acme/agents=platform` for one, by its name on GitHub or as
 * `--repo` has it. A folder with "=" in its name starts with "./". Throws UsageError where one is no folder, or two are for the
 * same, or one is for a repository that `--repo` does not name.
 */
export function servedFolders(paths: readonly string[] = [], repos?: readonly string[]): ServedFolders {
  const named = new Map<string, Path>();
  for (const path of paths) {
    const { name, folder } = divide(path);
    if (named.has(name))
      throw new UsageError(
        `--path: two folders for ${name === "" ? "every repository" : name}; serve one of them elsewhere`,
      );
    named.set(name, repositoryFolder(folder));
  }
  const own = [...named.keys()].filter((name) => name !== "");
  const unknownAmong = (served: Iterable<RepoKey>) => {
    const all = [...served];
    return own.filter((name) => !all.some((repo) => isCalled(repo, name)));
  };
  const [stranger] = repos === undefined ? [] : unknownAmong(repos);
  if (stranger !== undefined) throw new UsageError(`--path: ${stranger} is none of the repositories of --repo`);
  return {
    of: (repo) => named.get(own.find((name) => isCalled(repo, name)) ?? "") ?? "",
    unknownAmong,
  };
}

/** `name` is "" where the folder is for every repository. */
function divide(path: string): { readonly name: string; readonly folder: string } {
  const at = path.startsWith("./") ? -1 : path.indexOf("=");
  if (at < 0) return { name: "", folder: path };
  const name = bare(path.slice(0, at));
  if (name === "") throw new UsageError(`--path: ${JSON.stringify(path)} names no repository before "="`);
  return { name, folder: path.slice(at + 1) };
}

/** Whether a repository has a name: the last parts of its address. GitHub's names are the same in upper and lower case. */
function isCalled(repo: RepoKey, name: string): boolean {
  const address = bare(repo);
  return address === name || address.endsWith(`/${name}`);
}

function bare(address: string): string {
  return address
    .toLowerCase()
    .replace(/\/$/, "")
    .replace(/\.git$/, "");
}
