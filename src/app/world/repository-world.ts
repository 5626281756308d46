import { BRANCH_PREFIX, branchBelow } from "../../domain/branch-name.ts";
import { pathOfOrganisation } from "../../domain/kinds/organisation-path.ts";
import type { Path } from "../../domain/values/scalars.ts";
import type { Forge } from "../../forge/forge.ts";
import { forgeBelow } from "../../forge/forge-below.ts";
import { GitError } from "../../git/git-error.ts";
import type { ObjectReader } from "../../git/objects/object-reader.ts";
import type { Repository } from "../../git/repository.ts";
import type { Log, World } from "../../pass/world.ts";
import { MemoError } from "../../survey/memo/memo-error.ts";
import type { SurveyStore } from "../../survey/memo/store.ts";
import { type CommitView, gitView } from "../../survey/source/commit-view.ts";
import { inheritingView } from "../../survey/source/inheriting-view.ts";
import type { Shell } from "../shell.ts";
import { createWorld } from "./create-world.ts";
import { createPreviews } from "./previews.ts";
import type { RemoteServices } from "./remote-services.ts";

/** What a world of an open repository is made of. */
export interface RepositoryParts {
  readonly repository: Repository;
  readonly objects: ObjectReader;
  readonly forge: Forge;
  readonly folder: Path;
  readonly services: RemoteServices;
  readonly log: Log;
  readonly store: SurveyStore;
  /** Opens the memo of previews; left out: there are none. */
  readonly previewStore?: (() => SurveyStore) | undefined;
  /** Repairs what a killed run left in a repository on disk; left out: the repository is remote. */
  readonly tidy?: (() => Promise<void>) | undefined;
}

/** A world of a repository that is open; `close` closes its previews. Throws OutsideError. */
export async function createRepositoryWorld(
  shell: Shell,
  { repository, objects, forge, folder, services, log, store, previewStore, tidy }: RepositoryParts,
): Promise<{ readonly world: World; close(): void }> {
  let inherited: string | undefined;
  const inherit = async (view: CommitView): Promise<CommitView> => {
    const file = await forge.organisationConfig?.();
    // What was found with another one, at the same commits, no longer holds.
    if (file?.text !== inherited) {
      world.checkedHeads.clear();
      world.unchangedPulls.clear();
    }
    inherited = file?.text;
    return file === undefined ? view : inheritingView(view, pathOfOrganisation(file.owner), file.text);
  };
  const previews =
    previewStore === undefined ? undefined : createPreviews(repository, objects, previewStore, folder, inherit);
  const { organisationConfig } = forge;
  const world = await createWorld(shell, {
    forge: { ...forgeBelow(forge, folder), ...(organisationConfig === undefined ? {} : { organisationConfig }) },
    store,
    log,
    ...(previews === undefined ? {} : { previews }),
    evidenceReader: services.evidenceReader,
    investigations: services.investigations,
    ...(services.requestWriter === undefined ? {} : { requestWriter: services.requestWriter }),
    ...(services.registry === undefined ? {} : { registry: services.registry }),
    async repair(error) {
      if (error instanceof MemoError) {
        store.renew(error);
        return true;
      }
      const isDamage = error instanceof GitError && (error.code === "failed" || error.code === "corrupt");
      return isDamage && (await repository.renew());
    },
    async viewCommit(name, sha) {
      const branch = name.startsWith(BRANCH_PREFIX) ? branchBelow(name, folder) : name;
      await tidy?.();
      await repository.fetch(sha);
      // The commit is here, but the refs of the copy were lost.
      if (tidy === undefined && (await repository.readRef(`refs/heads/${branch}`)) === undefined)
        await repository.fetch();
      const present = (await repository.readRef(`refs/heads/${branch}`)) === undefined ? undefined : sha;
      return present === undefined ? undefined : inherit(gitView(repository.place, objects, present, folder));
    },
  });
  return { world, close: () => previews?.close() };
}
