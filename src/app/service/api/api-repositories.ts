import { type ApiRepositories, ToolBusy } from "../../../api/context.ts";
import { withinDeadline } from "../../../deadline/deadline.ts";
import type { RepoKey } from "../../../domain/trigger.ts";
import type { World } from "../../../pass/world.ts";
import type { OpenWorlds } from "../open-worlds.ts";

/** Calls that may wait for a repository, and milliseconds that one may take. A model takes minutes for a draft. */
const CALLS = { name: "calls", waiting: 64, longest: 60_000 } as const;
const DRAFTS = { name: "drafts", waiting: 8, longest: 5 * 60_000 } as const;

export interface ApiRepositoriesOptions {
  readonly worlds: OpenWorlds;
  /** The installation of the GitHub App of each repository that is served. */
  readonly installations: ReadonlyMap<RepoKey, number | undefined>;
  readonly queuePass: (repo: RepoKey) => void;
}

/** The repositories of a service for calls: each call has a repository for itself, beside the passes; drafts have a line of their own. */
export function createApiRepositories({ worlds, installations, queuePass }: ApiRepositoriesOptions): ApiRepositories {
  const open = (repo: RepoKey, line: "calls" | "drafts") => async () => {
    const trigger = { kind: "timer", repo, installation: installations.get(repo) } as const;
    const { beside } = await worlds.of(repo, [trigger], () => queuePass(repo));
    return beside(line);
  };
  const calls = createLines(CALLS);
  const drafts = createLines(DRAFTS);
  return {
    names: () => [...installations.keys()].sort(),
    use: (repo, work) => calls(repo, open(repo, CALLS.name), work),
    draft: (repo, work) => drafts(repo, open(repo, DRAFTS.name), work),
  };
}

/** A line of work for each repository: one after the other. */
function createLines({ waiting, longest }: { readonly waiting: number; readonly longest: number }) {
  const lines = new Map<RepoKey, { waiting: number; last: Promise<unknown> }>();
  return async <T>(repo: RepoKey, open: () => Promise<World>, work: (world: World) => Promise<T>): Promise<T> => {
    const line = lines.get(repo) ?? { waiting: 0, last: Promise.resolve() };
    lines.set(repo, line);
    if (line.waiting >= waiting) throw new ToolBusy();
    line.waiting += 1;
    const turn = line.last.then(() => withinDeadline(AbortSignal.timeout(longest), async () => work(await open())));
    line.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) lines.delete(repo);
    }
  };
}
