import { showChecks } from "../../checks/show-checks.ts";
import { answerCommands } from "../../commands/answer-commands.ts";
import { answerLabelledIssues } from "../../commands/answer-labelled-issues.ts";
import type { RequestLine } from "../../commands/request-line.ts";
import { passSignal } from "../../deadline/deadline.ts";
import type { RepoKey, Trigger } from "../../domain/trigger.ts";
import { ForgeError } from "../../forge/forge.ts";
import type { World } from "../../pass/world.ts";

/**
 * What a pass does for people: answers their comments, and shows the check on what they want to merge. Where the forge forbids
 * one of them, since the App lacks a permission, it is left out with a warning, and all else goes on. Does nothing once the
 * pass is late or `stopping` is aborted. Throws GitError, ForgeError, DeadlineError.
 */
export async function servePeople(
  world: World,
  repo: RepoKey,
  triggers: readonly Trigger[],
  { stopping, requests }: { readonly stopping: AbortSignal; readonly requests: RequestLine },
): Promise<void> {
  const reviews = triggers.filter((trigger) => trigger.kind === "review");
  const rerun = new Set(reviews.flatMap((trigger) => trigger.rerun ?? []));
  const generate = new Map(
    reviews.flatMap((trigger) =>
      trigger.generate === undefined ? [] : [[trigger.generate.head, trigger.generate.by]],
    ),
  );
  const letters = [() => answerCommands(world, requests), () => answerLabelledIssues(world, requests)];
  for (const work of [...letters, () => showChecks(world, { rerun, generate, signal: stopping })]) {
    if (stopping.aborted || passSignal()?.aborted === true) return;
    await work().catch((error: unknown) => {
      if (!(error instanceof ForgeError) || error.code !== "forbidden") throw error;
      world.log.warn({ repo, error: error.message }, "left out, since a permission is missing; raos doctor names it");
    });
  }
}
