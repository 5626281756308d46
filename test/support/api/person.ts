import { createLocalForge } from "../../../src/forge/local/forge.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { git } from "../../adversary/fleet.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A person merges the pull request of the only request of a repository on disk. */
export async function mergeRequested(bare: string): Promise<void> {
  const { forge, pull } = await requestedIn(bare);
  if (pull !== undefined) await forge.merge(pull);
}

/** A person closes it. */
export async function closeRequested(bare: string): Promise<void> {
  const { forge, pull } = await requestedIn(bare);
  if (pull !== undefined) await forge.closeAsPerson(pull);
}

async function requestedIn(bare: string) {
  const repository = await openRepository(bare, { env: { PATH: process.env.PATH }, cache: temporaryFolder() });
  const forge = createLocalForge(repository, { clock: Date.now });
  const { pulls } = await forge.pullRequests([]);
  return { forge, pull: pulls.find(({ branch }) => branch.startsWith("raos/request")) };
}

/** A person deletes a file on the default branch. */
export function deleteFile(bare: string, path: string): void {
  const clone = temporaryFolder();
  git(clone, ["clone", "--quiet", bare, "."]);
  git(clone, ["rm", "--quiet", path]);
  git(clone, ["commit", "--quiet", "--message", `Delete ${path}`]);
  git(clone, ["push", "--quiet"]);
}
