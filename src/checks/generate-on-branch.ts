import { BRANCH_PREFIX } from "../domain/branch-name.ts";
import type { FileChange } from "../domain/change-set.ts";
import type { CheckSubject } from "../domain/review/check-report.ts";
import { ForgeError } from "../forge/forge.ts";
import type { World } from "../pass/world.ts";
import { withoutChangedCopies } from "../pr/caution/chart-copies.ts";
import type { CommitView } from "../survey/source/commit-view.ts";
import type { MergedFindings } from "./preview-merge.ts";

/** Why RAOS would write: the repository's default, or somebody who pressed the button. */
export interface Wish {
  readonly isDefault: boolean;
  readonly asker: string | undefined;
}

/** "left": there is nothing to write, or nobody asked. */
export type Generated =
  | { readonly kind: "committed" }
  | { readonly kind: "left" }
  | { readonly kind: "refused"; readonly reason: string };

const LEFT: Generated = { kind: "left" };

/**
 * Commits the generated files to the branch of a person's pull request, so that spec and deployment are reviewed and merged
 * together. Never to a fork, never over a commit that was not looked at, nothing outside `deploy/`, and nothing where there are
 * Problems or denials; nor a change of the chart, which reaches agents by one pull request for each tenant. Where the branch lacks what the default branch changed in these files, that is merged into it first; the
 * push that follows has it looked at again. Throws ForgeError where the forge cannot be reached.
 */
export async function generateOnBranch(
  world: World,
  subject: CheckSubject,
  { head, findings }: { readonly head: CommitView; readonly findings: MergedFindings },
  wish: Wish,
): Promise<Generated> {
  const writer = world.forge.headWriter;
  const { problems, denials } = findings;
  const followUps = findings.followUps.filter(({ isGenerated }) => isGenerated);
  const isOfPerson = subject.branch !== undefined && !subject.branch.startsWith(BRANCH_PREFIX);
  const isRight = problems.length === 0 && denials.length === 0 && findings.more === 0;
  if (writer === undefined || followUps.length === 0 || !isOfPerson || !isRight) return LEFT;
  const generated = followUps.flatMap((followUp) => followUp.files).filter(({ path }) => path.startsWith("deploy/"));
  const files = withoutChangedCopies(generated);
  if (files.length === 0) return LEFT;
  try {
    if (!wish.isDefault && !(await mayAsk(world, wish.asker))) return LEFT;
    if (await isBehind(head, files)) await writer.catchUp(subject);
    else await writer.commit(subject, files, messageOf(findings));
    world.log.info({ pull: subject.pull, files: files.length }, "generated files committed to a person's branch");
    return { kind: "committed" };
  } catch (error) {
    return refusalOf(error);
  }
}

/** Throws what is no refusal. */
function refusalOf(error: unknown): Generated {
  if (!(error instanceof ForgeError)) throw error;
  // The branch moved: the next pass looks at what it holds now.
  if (error.code === "stale" || error.code === "conflict") return { kind: "committed" };
  if (error.code === "forbidden" || error.code === "protected" || error.code === "invalid")
    return { kind: "refused", reason: error.message };
  throw error;
}

async function mayAsk({ forge }: World, asker: string | undefined): Promise<boolean> {
  return asker !== undefined && (await forge.conversation?.standingOf(asker)) === "may-push";
}

/** Whether the head holds other versions of the files than the merge does: then a commit on it would conflict. */
async function isBehind(head: CommitView, files: readonly FileChange[]): Promise<boolean> {
  const held = await head.slice(files.map(({ path }) => path));
  return files.some(({ path, before }) => held.oid(path) !== before?.oid);
}

function messageOf({ agents }: MergedFindings): string {
  const named = agents.slice(0, 3).join(", ");
  const rest = agents.length - 3;
  const subject = `Generate the files of ${named}${rest > 0 ? ` and ${rest} more` : ""}`;
  return subject.length <= 72 ? subject : `Generate the files of ${agents.length} agents`;
}
