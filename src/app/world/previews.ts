import type { Path } from "../../domain/values/scalars.ts";
import { BOT } from "../../git/bot.ts";
import { GitError } from "../../git/git-error.ts";
import type { ObjectReader } from "../../git/objects/object-reader.ts";
import type { Repository } from "../../git/repository.ts";
import type { MergePreview, Previews } from "../../pass/world.ts";
import type { SurveyStore } from "../../survey/memo/store.ts";
import { type CommitView, gitView } from "../../survey/source/commit-view.ts";
import { createSurveyMemory } from "../../survey/survey.ts";

/**
 * Previews in the copy of a remote repository. The merge is a commit that no branch names, with a fixed time, so that the same
 * head and base always give the same commit; Git throws it away after some time.
 */
export function createPreviews(
  repository: Repository,
  objects: ObjectReader,
  openStore: () => SurveyStore,
  folder: Path,
  inherit: (view: CommitView) => Promise<CommitView>,
): Previews & { close(): void } {
  let opened: SurveyStore | undefined;
  return {
    // Most repositories of a service have no open pull request: their memo is opened when it is first needed.
    get store() {
      opened ??= openStore();
      return opened;
    },
    close: () => opened?.close(),
    memory: createSurveyMemory(),
    async merge(base, subject): Promise<MergePreview> {
      const { head, ref } = subject;
      try {
        await repository.fetch(head, { ref });
      } catch (error) {
        if (error instanceof GitError && error.code === "not-found") return { kind: "gone" };
        throw error;
      }
      const merged = subject.isMerged ? head : await mergeInto(repository, base.sha, head);
      if (merged === undefined) return { kind: "conflict" };
      const commit = await inherit(gitView(repository.place, objects, merged, folder));
      const view = await inherit(gitView(repository.place, objects, head, folder));
      return { kind: "merged", commit, head: view, changes: (await commit.source.changedSince(base.sha)) ?? [] };
    },
  };
}

/** The id of a commit that merges `head` into `base`; undefined where they conflict. */
async function mergeInto(repository: Repository, base: string, head: string): Promise<string | undefined> {
  const merge = await repository.mergeTree(base, head);
  if (merge.kind === "conflict") return undefined;
  const [commit] = await repository.writeCommits([
    { parents: [base, head], tree: merge.tree, files: [], message: "Preview of a merge\n", author: BOT, at: 0 },
  ]);
  return commit;
}
