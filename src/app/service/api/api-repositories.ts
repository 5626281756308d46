import { type ApiRepositories, ToolBusy } from "../../../api/context.ts";
import { withinDeadline } from "../../../deadline/deadline.ts";
import type { RepoKey } from "../../../domain/trigger.ts";
import type { OpenWorlds } from "../open-worlds.ts";

/** Calls that may wait for a repository, and milliseconds that one may take. */
const MOST_WAITING = 64;
const LONGEST = 60_000;

export interface ApiRepositoriesOptions {
  readonly worlds: OpenWorlds;
  /** The installation of the GitHub App of each repository that is served. */
  readonly installations: ReadonlyMap<RepoKey, number | undefined>;
  readonly queuePass: (repo: RepoKey) => void;
}

/** The repositories of a service for calls: each call has a repository for itself, beside the passes. */
export function createApiRepositories({ worlds, installations, queuePass }: ApiRepositoriesOptions): ApiRepositories {
  const lines = new Map<RepoKey, { waiting: number; last: Promise<unknown> }>();
  return {
    names: () => [...installations.keys()].sort(),
    async use(repo, work) {
      const line = lines.get(repo) ?? { waiting: 0, last: Promise.resolve() };
      lines.set(repo, line);
      if (line.waiting >= MOST_WAITING) throw new ToolBusy();
      line.waiting += 1;
      const turn = line.last.then(() =>
        withinDeadline(AbortSignal.timeout(LONGEST), async () => {
          const trigger = { kind: "timer", repo, installation: installations.get(repo) } as const;
          const { beside } = await worlds.of(repo, [trigger], () => queuePass(repo));
          return work(await beside());
        }),
      );
      line.last = turn.catch(() => undefined);
      try {
        return await turn;
      } finally {
        line.waiting -= 1;
        if (line.waiting === 0) lines.delete(repo);
      }
    },
  };
}
