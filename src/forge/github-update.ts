import { createHash } from "node:crypto";
import type * as z from "zod";
import type { Proposal, StandingPull } from "../domain/change.ts";
import type { Path } from "../domain/scalars.ts";
import { type Base, ForgeError } from "./forge.ts";
import { differingFiles, lookAtBranch, readReach } from "./github-branch.ts";
import type { Setting } from "./github-open.ts";
import { readPull } from "./github-standing.ts";
import { ATTEMPTS, answerOf, CommitAnswer, faultOf, NO_COMMIT, parts, write } from "./github-write.ts";

/**
 * Brings an open pull request to what the proposal says: one document, or two where the branch starts anew. Reads first
 * what the branch holds, so that nothing is committed that is there already. Throws ForgeError "stale" where the pull
 * request ended or its branch moved since the caller saw it.
 */
export async function updatePull(
  setting: Setting,
  pull: StandingPull,
  proposal: Proposal,
  base: Base,
  replay: boolean,
): Promise<StandingPull> {
  const { client } = setting;
  const [differing, reach] = await Promise.all([
    differingFiles(client, setting, pull.head, proposal.files),
    readReach(client, setting, pull.number),
  ]);
  if (reach.state !== "OPEN") throw new ForgeError("stale", `#${pull.number} is no longer open`);
  if (reach.head !== pull.head) throw new ForgeError("stale", `the branch of #${pull.number} has moved`);
  const wanted = new Set(proposal.files.map(({ path }) => path));
  // What an earlier proposal changed and this one does not has to go back to the base's: only a new start does that.
  const isNarrower = reach.paths === undefined || [...reach.paths].some((path) => !wanted.has(path));
  if (isNarrower || (replay && reach.start !== base.sha)) return replayPull(setting, pull, proposal, base);
  return differing.size === 0
    ? retext(setting, pull, proposal, base)
    : append(setting, pull, proposal, base, differing);
}

function updated(pull: StandingPull, proposal: Proposal, base: Base, made?: Made): StandingPull {
  const { title, body } = proposal;
  const head = made === undefined ? {} : { head: made.oid, headAt: Date.parse(made.committedDate) };
  return { ...pull, title, body, base: base.branch, ...head, textByBot: true };
}

/** A commit that was made just now. */
type Made = z.infer<typeof CommitAnswer>["commit"]["commit"];

function text(pull: StandingPull, proposal: Proposal, base: Base): ReturnType<typeof parts.updatePull> {
  return parts.updatePull(pull.id, proposal.title, proposal.body, pull.base === base.branch ? undefined : base.branch);
}

/** Title and body alone: saying it twice does no harm, so a lost answer is answered by saying it again. */
async function retext(setting: Setting, pull: StandingPull, proposal: Proposal, base: Base): Promise<StandingPull> {
  const isSaid = pull.title === proposal.title && pull.body === proposal.body && pull.textByBot;
  if (isSaid && pull.base === base.branch) return pull;
  const doing = `update the text of #${pull.number}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(setting.client, doing, { text: text(pull, proposal, base) });
    if (written.kind === "lost") continue;
    const fault = faultOf(written, "text", doing);
    if (fault !== undefined) throw fault;
    return updated(pull, proposal, base);
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/** A commit on top of the head the caller saw, and the text, in one document. */
async function append(
  setting: Setting,
  pull: StandingPull,
  proposal: Proposal,
  base: Base,
  differing: ReadonlySet<Path>,
): Promise<StandingPull> {
  const doing = `update #${pull.number}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(setting.client, doing, {
      commit: parts.commit(setting, pull.branch, pull.head, proposal, differing),
      text: text(pull, proposal, base),
    });
    if (written.kind === "lost") {
      const now = await stillOpen(setting, pull);
      if (now.head === pull.head) continue;
      if (now.botOnly !== true || (await differingFiles(setting.client, setting, now.head, proposal.files)).size > 0)
        throw new ForgeError("stale", `${doing}: the branch has moved`);
      return retext(setting, now, proposal, base);
    }
    const fault = faultOf(written, "commit", doing);
    if (fault !== undefined) return giveBack(setting, pull, fault);
    const textFault = faultOf(written, "text", doing);
    if (textFault !== undefined) throw textFault;
    return updated(pull, proposal, base, answerOf(written, CommitAnswer, doing).commit.commit);
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/**
 * Where the commit was refused, the text after it was changed all the same and now speaks of files that are not there:
 * the old text goes back before the refusal is reported, or the next run would believe it.
 */
async function giveBack(setting: Setting, pull: StandingPull, fault: ForgeError): Promise<never> {
  await write(setting.client, `put back the text of #${pull.number}`, {
    text: parts.updatePull(pull.id, pull.title, pull.body, undefined),
  });
  throw fault;
}

/**
 * Starts the branch anew from the base. GitHub closes a pull request whose branch holds nothing beyond its base, and will
 * not open it again after that, so the branch never stands at the bare base: the new commit is made on a branch beside
 * it, then the pull request's branch moves there in one step. Two documents; the first can be repeated at will.
 */
async function replayPull(setting: Setting, pull: StandingPull, proposal: Proposal, base: Base): Promise<StandingPull> {
  const doing = `replay #${pull.number}`;
  const { client, repositoryId } = setting;
  const beside = besideOf(pull, base);
  const made = await commitBeside(setting, beside, proposal, base, doing);
  const head = made.oid;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const moved = { name: `refs/heads/${pull.branch}`, beforeOid: pull.head, afterOid: head, force: true };
    const dropped = { name: `refs/heads/${beside}`, beforeOid: head, afterOid: NO_COMMIT, force: true };
    const written = await write(client, doing, {
      refs: parts.updateRefs(repositoryId, [moved, dropped]),
      text: text(pull, proposal, base),
    });
    if (written.kind === "answered") {
      const fault = faultOf(written, "refs", doing);
      if (fault !== undefined) return giveBack(setting, pull, fault);
      const textFault = faultOf(written, "text", doing);
      if (textFault !== undefined) throw textFault;
      return updated(pull, proposal, base, made);
    }
    const now = await stillOpen(setting, pull);
    if (now.head === head) return retext(setting, now, proposal, base);
    if (now.head !== pull.head) throw new ForgeError("stale", `${doing}: the branch has moved`);
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/** Of the same attempt always the same, so that one that was interrupted is taken up; of nobody else's making. */
function besideOf(pull: StandingPull, base: Base): string {
  const attempt = createHash("sha256").update(`${pull.id} ${pull.head} ${base.sha}`).digest("hex");
  return `raos/replay/${pull.number}-${attempt.slice(0, 12)}`;
}

async function commitBeside(
  setting: Setting,
  beside: string,
  proposal: Proposal,
  base: Base,
  doing: string,
): Promise<Made> {
  const { client, repositoryId } = setting;
  // It must not be there: somebody's branch of that name is not moved. What an interrupted run left there is the bot's own.
  let beforeOid = NO_COMMIT;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const start = { name: `refs/heads/${beside}`, beforeOid, afterOid: base.sha, force: true };
    const written = await write(client, doing, {
      refs: parts.updateRefs(repositoryId, [start]),
      commit: parts.commit(setting, beside, base.sha, proposal, undefined),
    });
    const fault =
      written.kind === "lost" ? undefined : (faultOf(written, "refs", doing) ?? faultOf(written, "commit", doing));
    if (written.kind === "answered" && fault === undefined) return answerOf(written, CommitAnswer, doing).commit.commit;
    if (fault !== undefined && (fault.code !== "stale" || attempt === ATTEMPTS)) throw fault;
    const found = await lookAtBranch(client, setting, beside, base.branch);
    if (found.kind === "pull") throw new ForgeError("conflict", `${doing}: a pull request is open on ${beside}`);
    beforeOid = found.head ?? NO_COMMIT;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

async function stillOpen(setting: Setting, pull: StandingPull): Promise<StandingPull> {
  const now = await readPull(setting.client, setting, pull.number);
  if (now?.state !== "open") throw new ForgeError("stale", `#${pull.number} is no longer open`);
  return now;
}
