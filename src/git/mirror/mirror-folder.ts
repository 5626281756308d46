import { randomUUID } from "node:crypto";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GitError } from "../git-error.ts";
import { runBareGit } from "../run-git.ts";
import { gitWordsOf } from "./fetch-errors.ts";

/**
 * Creates the mirror where there is none, or where its folder is not a repository, after a crash or on a full disk. Returns
 * whether it was created now. Throws GitError "unavailable" where the folder cannot be written.
 */
export async function ensureMirror(gitDir: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  const found = await mirrorState(gitDir, env);
  if (found === "whole") return false;
  const parent = dirname(gitDir);
  const draft = join(parent, `new-${randomUUID()}`);
  try {
    await mkdir(parent, { recursive: true });
    await runBareGit(env, parent, ["init", "--quiet", "--bare", "--template=", draft]);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    throw new GitError(
      "unavailable",
      `the cache folder ${parent} cannot be written: ${gitWordsOf(cause)}; free some room there, or set RAOS_CACHE to a folder that this user can write`,
      { cause },
    );
  }
  if (found === "broken") await setAside(gitDir);
  try {
    await rename(draft, gitDir);
  } catch (cause) {
    // Another process may have created it meanwhile.
    await rm(draft, { recursive: true, force: true });
    const now = await mirrorState(gitDir, env);
    if (now !== "whole") throw new GitError("failed", `no mirror can be made at ${gitDir}`, { cause });
  }
  return true;
}

/** Removes a mirror. It is renamed first, so that no other process sees a half-removed one. */
export async function setAside(gitDir: string): Promise<void> {
  const aside = `${gitDir}-broken-${randomUUID()}`;
  await rename(gitDir, aside).catch(() => {});
  await rm(aside, { recursive: true, force: true });
}

async function mirrorState(
  gitDir: string,
  env: Readonly<Record<string, string>>,
): Promise<"absent" | "broken" | "whole"> {
  const there = await access(gitDir).then(
    () => true,
    () => false,
  );
  if (!there) return "absent";
  const args = ["rev-parse", "--is-bare-repository"];
  // The parent, since a file in the mirror's place is not a folder to run in.
  const { code } = await runBareGit({ ...env, GIT_DIR: gitDir }, dirname(gitDir), args, { accept: [0, 128] });
  return code === 0 ? "whole" : "broken";
}
