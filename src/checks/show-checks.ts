import { assertInTime } from "../deadline/deadline.ts";
import type { CheckSubject } from "../domain/review/check-report.ts";
import { ForgeError } from "../forge/forge.ts";
import { readDefaultBranch } from "../pass/read-commit.ts";
import type { Previews, World } from "../pass/world.ts";
import { checkKeyOf } from "../pr/check/check-key.ts";
import { checkReportOf, type MergeFindings } from "../pr/check/check-report.ts";
import { generateOnBranch } from "./generate-on-branch.ts";
import { type BaseReading, previewMerge } from "./preview-merge.ts";
import { previewRepair } from "./preview-repair.ts";

/** The name of the check, which a branch's rules can require. */
export const CHECK_NAME = "raos";

export interface ShowChecksOptions {
  /** Heads whose check somebody asked to run again: their report is written also where it is the one that is shown. */
  readonly rerun?: ReadonlySet<string>;
  /** Who asked, by the button, to have the generated files on a head's branch. */
  readonly generate?: ReadonlyMap<string, string>;
  /** Once aborted, no further check is made; the next pass makes the rest. */
  readonly signal?: AbortSignal;
}

/**
 * Shows on every open pull request, and on every group of the merge queue, what merging it would do. A head is looked at again
 * when it or the default branch has moved, and written only where the report differs from the one that is shown. Returns how
 * many were written. Where the forge has no checks, or the App lacks the permission, does nothing. Throws GitError, ForgeError.
 */
export async function showChecks(world: World, options: ShowChecksOptions = {}): Promise<number> {
  const checks = world.forge.ownChecks;
  if (checks === undefined || world.previews === undefined) return 0;
  const read = await readDefaultBranch(world);
  // Where no raos.yaml is, RAOS proposes one and says nothing else.
  if (read.kind !== "read" && read.kind !== "unreadable") return 0;
  const isConfigured =
    read.kind === "read" ? read.isConfigured : (await read.commit.source.file("raos.yaml")) !== undefined;
  if (!isConfigured) return 0;
  const subjects = await checks.subjects(read.base.branch, CHECK_NAME);
  forgetGone(world, subjects);
  let written = 0;
  for (const subject of subjects) {
    if (options.signal?.aborted === true) return written;
    const isAsked = options.rerun?.has(subject.head) === true || options.generate?.has(subject.head) === true;
    const stamp = `${subject.head} ${read.base.sha}`;
    if (!isAsked && subject.shown !== undefined && world.checkedHeads.get(subject.ref) === stamp) continue;
    assertInTime();
    const found =
      read.kind === "unreadable"
        ? await previewRepair(world.previews, read, subject)
        : await findingsOf(world, world.previews, read, subject, options.generate?.get(subject.head));
    // The commit on its branch has another head, which gets a check of its own.
    if (found === "gone" || found === "committed") continue;
    const report = checkReportOf(found);
    const key = checkKeyOf(report);
    if (isAsked || key !== subject.shown) {
      const result = await show(world, () => checks.show(subject, CHECK_NAME, key, report), subject);
      if (result === "forbidden") return written;
      if (result === "failed") continue;
      written += 1;
    }
    world.checkedHeads.set(subject.ref, stamp);
  }
  return written;
}

/** What the report says; or that there is none, since files were committed to the branch, or it is gone. */
async function findingsOf(
  world: World,
  previews: Previews,
  read: BaseReading,
  subject: CheckSubject,
  asker: string | undefined,
): Promise<MergeFindings | "gone" | "committed"> {
  const preview = await previewMerge(world, previews, read, subject);
  if (preview.kind === "gone") return "gone";
  if (preview.kind === "conflict") return { kind: "conflict", branch: read.base.branch };
  const { generate } = read.survey.fleet.config.spec;
  const done = await generateOnBranch(world, subject, preview, { isDefault: generate === "in-place", asker });
  switch (done.kind) {
    case "committed":
      return "committed";
    case "left":
      return preview.findings;
    case "refused":
      return { ...preview.findings, generation: { kind: "refused", reason: done.reason } };
    default:
      return done satisfies never;
  }
}

/** "forbidden": the forge refuses every check, so that no other is tried in this pass. */
async function show(
  { log }: World,
  write: () => Promise<void>,
  { pull, head }: CheckSubject,
): Promise<"shown" | "failed" | "forbidden"> {
  try {
    await write();
    log.info({ pull, head }, "check shown");
    return "shown";
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    if (error.code === "forbidden") {
      log.warn({ error: error.message }, NO_PERMISSION);
      return "forbidden";
    }
    log.warn({ pull, head, code: error.code, error: error.message }, "check not shown; the next pass tries again");
    return "failed";
  }
}

const NO_PERMISSION =
  "no check is shown on pull requests: give the GitHub App the permission Checks: write, and have an owner accept it; on Gitea, let the account write to the repository";

function forgetGone({ checkedHeads }: World, subjects: readonly CheckSubject[]): void {
  const refs = new Set(subjects.map(({ ref }) => ref));
  for (const ref of checkedHeads.keys()) if (!refs.has(ref)) checkedHeads.delete(ref);
}
