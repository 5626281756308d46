import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { GitError } from "./git-error.ts";
import { type GitPlace, gitEnvironment, type ProcessEnvironment } from "./git-place.ts";
import { runBareGit } from "./run-git.ts";

/**
 * Opens the repository whose top is this folder: a working folder, a bare repository or a `.git`. Parent folders are not searched.
 * Throws GitError "not-found", "not-a-repository", "refused" (SHA-256) or "unavailable" (Git is missing or too old).
 */
export async function openFolder(folder: string, outside: ProcessEnvironment): Promise<GitPlace> {
  const path = await realpath(folder).catch(() => undefined);
  if (path === undefined || !(await stat(path)).isDirectory()) {
    throw new GitError("not-found", `there is no folder ${folder}`);
  }
  // The user named this path, so the repository is trusted even if another user owns it.
  const settings = { "safe.directory": path };
  const discovery = { ...gitEnvironment(outside, "none", settings), GIT_CEILING_DIRECTORIES: dirname(path) };
  await assertGitVersion(discovery, path);
  const args = [
    "rev-parse",
    "--is-inside-work-tree",
    "--is-bare-repository",
    "--absolute-git-dir",
    "--show-object-format",
  ];
  const { code, stdout, stderr } = await runBareGit(discovery, path, args, { accept: [0, 128] });
  if (code !== 0) {
    if (!stderr.includes("not a git repository"))
      throw new GitError("not-a-repository", `${path} cannot be opened: ${stderr.trim()}`);
    throw new GitError(
      "not-a-repository",
      `${path} is not the top folder of a Git repository; run git init there, or name one`,
    );
  }
  const [inside = "", bare = "", gitDir = "", format = ""] = stdout.toString("utf8").trim().split("\n");
  if (format !== "sha1")
    throw new GitError(
      "refused",
      `${path} names its objects by ${format.toUpperCase()}; RAOS reads SHA-1 repositories`,
    );
  return {
    gitDir,
    workTree: inside === "true" ? path : undefined,
    bare: bare === "true",
    env: gitEnvironment(outside, "none", settings),
  };
}

/**
 * What `git version` says. Throws GitError where there is no Git, or one older than 2.38: `merge-tree --write-tree` and
 * `cat-file -z` came with it.
 */
export async function assertGitVersion(env: Readonly<Record<string, string>>, cwd: string): Promise<string> {
  const { stdout } = await runBareGit(env, cwd, ["version"]);
  const said = stdout.toString("utf8").trim();
  const [, major = "0", minor = "0"] = /(\d{1,9})\.(\d{1,9})/.exec(said) ?? [];
  if (Number(major) * 1000 + Number(minor) < 2038)
    throw new GitError("unavailable", `${said} is too old; install Git 2.38 or newer`);
  return said;
}
