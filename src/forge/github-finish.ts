import type { StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import { ForgeError } from "./forge.ts";
import type { Setting } from "./github-open.ts";
import { remarkBody } from "./github-pull.ts";
import { readAftermath } from "./github-standing.ts";
import { ATTEMPTS, answerOf, faultOf, MergeAnswer, NO_COMMIT, parts, write } from "./github-write.ts";

function dropBranch(setting: Setting, pull: StandingPull): ReturnType<typeof parts.updateRefs> {
  // Only where it stands where it was seen: a commit pushed a moment ago keeps its branch.
  return parts.updateRefs(setting.repositoryId, [
    { name: `refs/heads/${pull.branch}`, beforeOid: pull.head, afterOid: NO_COMMIT, force: true },
  ]);
}

/**
 * Comment, close and branch in one document. The comment comes first: the branch's end would close it without a word.
 * One that ended already is left as it is, so that a person's close stays theirs.
 */
export async function closePull(
  setting: Setting,
  pull: StandingPull,
  sentence: string,
  keepBranch: boolean,
): Promise<void> {
  const doing = `close #${pull.number}`;
  let before = await readAftermath(setting.client, setting, pull.number);
  if (before.state !== "OPEN") return;
  const wasSaid = before.remarks.has("closed");
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const isSaid = before.remarks.has("closed") && !wasSaid;
    const written = await write(setting.client, doing, {
      say: isSaid ? undefined : parts.comment(pull.id, remarkBody("closed", sentence)),
      close: parts.closePull(pull.id),
      branch: keepBranch ? undefined : dropBranch(setting, pull),
    });
    if (written.kind === "answered") {
      const fault = faultOf(written, "close", doing);
      if (fault !== undefined) throw fault;
      return;
    }
    before = await readAftermath(setting.client, setting, pull.number);
    if (before.state === "OPEN") continue;
    if (before.state === "CLOSED" && !keepBranch)
      await write(setting.client, doing, { branch: dropBranch(setting, pull) });
    return;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/** Says once that a person's commits are on the branch. */
export async function sayHandsOff(setting: Setting, pull: StandingPull, sentence: string): Promise<void> {
  const doing = `comment on #${pull.number}`;
  if (pull.handsOff) return;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(setting.client, doing, {
      say: parts.comment(pull.id, remarkBody("hands-off", sentence)),
    });
    if (written.kind === "answered") {
      const fault = faultOf(written, "say", doing);
      if (fault !== undefined) throw fault;
      return;
    }
    if ((await readAftermath(setting.client, setting, pull.number)).remarks.has("hands-off")) return;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/** Merges with a merge commit, if the head is still the one that was seen, and deletes the branch. */
export async function mergePull(setting: Setting, pull: StandingPull): Promise<Sha> {
  const doing = `merge #${pull.number}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    // Where the merge is refused the branch must stay, so its end is a document of its own.
    const written = await write(setting.client, doing, { merge: parts.mergePull(pull.id, pull.head) });
    if (written.kind === "answered") {
      const fault = faultOf(written, "merge", doing);
      if (fault !== undefined) throw fault;
      const { mergeCommit } = answerOf(written, MergeAnswer, doing).merge.pullRequest;
      if (mergeCommit === null) throw new ForgeError("unavailable", `${doing}: GitHub names no merge commit`);
      await write(setting.client, doing, { branch: dropBranch(setting, pull) });
      return mergeCommit.oid;
    }
    const { mergeCommit } = await readAftermath(setting.client, setting, pull.number);
    if (mergeCommit !== undefined) return mergeCommit;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}
