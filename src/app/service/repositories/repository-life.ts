import type { RepoKey } from "../../../domain/trigger.ts";
import type { Log } from "../../../pass/world.ts";
import type { AlertBoards } from "../alert-boards.ts";
import type { OpenWorlds } from "../open-worlds.ts";
import type { KnownRepositories } from "./known-repositories.ts";

/** What becomes of the state of repositories that come, go, or get another name. */
export interface RepositoryLife {
  /** A repository of this id is there under this name. What was kept under its old name goes on; what another one left is forgotten. */
  meet(repo: RepoKey, id: number): void;
  /** A repository is served no more. Its alerts stay, in case that it comes back, but for one that was deleted. */
  leave(repo: RepoKey, how: "no-access" | "deleted"): void;
  /** A repository is served: it was listed, or the forge says that it is there again. */
  arrive(repo: RepoKey): void;
  /** Whether a repository is served no more, so that no pass is made there. */
  isGone(repo: RepoKey): boolean;
}

export interface RepositoryLifeOptions {
  readonly known: KnownRepositories;
  readonly worlds: OpenWorlds;
  readonly boards: AlertBoards;
  readonly installations: Map<RepoKey, number | undefined>;
  readonly log: Log;
}

export function createRepositoryLife({
  known,
  worlds,
  boards,
  installations,
  log,
}: RepositoryLifeOptions): RepositoryLife {
  const gone = new Set<RepoKey>();
  const forget = (repo: RepoKey) => {
    installations.delete(repo);
    worlds.forget(repo).catch((error: unknown) => {
      log.warn(
        { repo, error: error instanceof Error ? error.message : String(error) },
        "repository not closed cleanly",
      );
    });
  };
  return {
    meet(repo, id) {
      const meeting = known.meet(id, repo);
      switch (meeting.kind) {
        case "same":
          return;
        case "renamed":
          boards.rename(meeting.from, repo);
          forget(meeting.from);
          gone.add(meeting.from);
          log.info({ repo, from: meeting.from }, "repository renamed");
          return;
        case "replaced":
          boards.clear(repo);
          forget(repo);
          log.info({ repo }, "another repository has this name now; what was known of the old one is forgotten");
          return;
        default:
          meeting satisfies never;
      }
    },
    leave(repo, how) {
      if (how === "deleted") boards.clear(repo);
      if (installations.has(repo)) log.info({ repo, how }, "repository served no more");
      forget(repo);
      gone.add(repo);
    },
    arrive: (repo) => void gone.delete(repo),
    isGone: (repo) => gone.has(repo),
  };
}
