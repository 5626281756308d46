import type { CheckSubject } from "../domain/review/check-report.ts";
import type { CommitReading } from "../pass/read-commit.ts";
import type { Previews } from "../pass/world.ts";
import type { MergeFindings } from "../pr/check/check-report.ts";
import { groupProblems } from "../spec/problems/group-problems.ts";
import { survey } from "../survey/survey.ts";

/** The default branch, whose configuration has Problems: its own raos.yaml, or that of the organisation. */
type UnreadableBase = Extract<CommitReading, { kind: "unreadable" }>;

/**
 * What merging a pull request would do to a default branch on which nothing can be planned, since its configuration has Problems:
 * whether they are there afterwards, too. Writes nothing but caches. Throws GitError.
 */
export async function previewRepair(
  previews: Previews,
  { base }: UnreadableBase,
  subject: CheckSubject,
): Promise<MergeFindings | "gone"> {
  const merged = await previews.merge(base, subject);
  if (merged.kind === "gone") return "gone";
  if (merged.kind === "conflict") return { kind: "conflict", branch: base.branch };
  const found = await survey(merged.commit.source, previews.store, previews.memory);
  if (!("kind" in found)) return { kind: "mended", branch: base.branch };
  return {
    ...{ kind: "merged", branch: base.branch, problems: groupProblems(found.problems), knownProblems: 0 },
    ...{ agents: [], denials: [], followUps: [], more: 0, changesPolicies: false },
    generation: { kind: "separate", isOffered: false },
  };
}
