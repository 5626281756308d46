import type { Proposal, StandingPull } from "../domain/change.ts";
import type { Path, Sha } from "../domain/scalars.ts";
import { type Base, ForgeError } from "./forge.ts";
import { differingFiles, readReach } from "./github-branch.ts";
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

function updated(pull: StandingPull, proposal: Proposal, base: Base, head: Sha): StandingPull {
  return { ...pull, title: proposal.title, body: proposal.body, base: base.branch, head };
}

function text(pull: StandingPull, proposal: Proposal, base: Base): ReturnType<typeof parts.updatePull> {
  return parts.updatePull(pull.id, proposal.title, proposal.body, pull.base === base.branch ? undefined : base.branch);
}

/** Title and body alone: saying it twice does no harm, so a lost answer is answered by saying it again. */
async function retext(setting: Setting, pull: StandingPull, proposal: Proposal, base: Base): Promise<StandingPull> {
  if (pull.title === proposal.title && pull.body === proposal.body && pull.base === base.branch) return pull;
  const doing = `update the text of #${pull.number}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(setting.client, doing, { text: text(pull, proposal, base) });
    if (written.kind === "lost") continue;
    const fault = faultOf(written, "text", doing);
    if (fault !== undefined) throw fault;
    return updated(pull, proposal, base, pull.head);
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
    return updated(pull, proposal, base, answerOf(written, CommitAnswer, doing).commit.commit.oid);
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
  const beside = `raos-replay/${pull.number}`;
  const head = await commitBeside(setting, beside, proposal, base, doing);
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
      return updated(pull, proposal, base, head);
    }
    const now = await stillOpen(setting, pull);
    if (now.head === head) return retext(setting, now, proposal, base);
    if (now.head !== pull.head) throw new ForgeError("stale", `${doing}: the branch has moved`);
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

async function commitBeside(
  setting: Setting,
  beside: string,
  proposal: Proposal,
  base: Base,
  doing: string,
): Promise<Sha> {
  const { client, repositoryId } = setting;
  const start = { name: `refs/heads/${beside}`, beforeOid: undefined, afterOid: base.sha, force: true };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(client, doing, {
      refs: parts.updateRefs(repositoryId, [start]),
      commit: parts.commit(setting, beside, base.sha, proposal, undefined),
    });
    if (written.kind === "lost") continue;
    const fault = faultOf(written, "refs", doing) ?? faultOf(written, "commit", doing);
    if (fault !== undefined) throw fault;
    return answerOf(written, CommitAnswer, doing).commit.commit.oid;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

async function stillOpen(setting: Setting, pull: StandingPull): Promise<StandingPull> {
  const now = await readPull(setting.client, setting, pull.number);
  if (now?.state !== "open") throw new ForgeError("stale", `#${pull.number} is no longer open`);
  return now;
}
