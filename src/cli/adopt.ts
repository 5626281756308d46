import { OutsideError, type Shell, UsageError } from "../app/shell.ts";
import { openForge } from "../app/world/forges/open-forge.ts";
import type { ServerKind } from "../app/world/forges/remote-forge.ts";
import { openLocal } from "../app/world/open-world.ts";
import { BRANCH_PREFIX } from "../domain/branch-name.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { Forge } from "../forge/forge.ts";
import { adoptionSentence } from "../pr/sentences.ts";

/**
 * Takes over open pull requests on RAOS' branches that hold commits of somebody else, or that another account opened, such as
 * the one whose token RAOS used before: each is closed as RAOS' own, and the next pass opens it again with a commit of RAOS.
 * Nobody can make a pull request another account's, so it is a new one. On a server the credential has to be RAOS' own.
 */
export async function adoptPulls(
  shell: Shell,
  repo: string,
  numbers: readonly number[],
  server?: ServerKind,
): Promise<void> {
  const isRemote = /^https?:\/\//i.test(repo);
  const opened = isRemote ? await openForge(shell, repo, server) : await openLocal(shell, repo);
  try {
    await adoptAll(shell, opened.forge, numbers, repo);
  } finally {
    await opened.close();
  }
}

type AdoptingForge = Pick<Forge, "pull" | "close">;

async function adoptAll(shell: Shell, forge: AdoptingForge, numbers: readonly number[], repo: string): Promise<void> {
  shell.hold();
  let isAny = false;
  for (const number of numbers) {
    if (shell.signal.aborted) throw new OutsideError(`stopped before #${number}`);
    const pull = await adoptable(forge, number);
    if (isOwn(pull)) {
      shell.out(`#${number} is RAOS' own already\n`);
      continue;
    }
    await forge.close(pull, adoptionSentence(pull.head));
    shell.out(`adopted #${number}: closed; its commits stay readable as ${pull.head.slice(0, 12)}\n`);
    isAny = true;
  }
  if (isAny) shell.out(`the next pass opens it again as RAOS' own: raos reconcile --repo ${repo}\n`);
}

async function adoptable(forge: AdoptingForge, number: number): Promise<PullRequest> {
  const pull = await forge.pull(number);
  if (pull === undefined) throw new UsageError(`there is no pull request #${number}`);
  if (pull.state !== "open") throw new UsageError(`#${number} is ${pull.state}, so there is nothing to take over`);
  if (!pull.branch.startsWith(BRANCH_PREFIX))
    throw new UsageError(`#${number} is on ${pull.branch}, which is no branch of RAOS`);
  return pull;
}

function isOwn({ openedByBot, botOnly, handsOff }: PullRequest): boolean {
  return openedByBot && botOnly === true && !handsOff;
}
