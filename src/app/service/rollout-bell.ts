import { repositoryName } from "../../domain/rollout/event-repository.ts";
import type { RepoKey } from "../../domain/trigger.ts";
import type { RolloutReceiver } from "../../http/rollouts/receive-rollout.ts";
import type { Shell } from "../shell.ts";

export interface RolloutBellOptions {
  /** The repositories that are served. */
  readonly repositories: () => Iterable<RepoKey>;
  readonly queuePass: (repo: RepoKey) => void;
  /** Milliseconds between two passes that events lead to; left out, 30,000. */
  readonly gapMs?: number;
}

/** A roll-out sends dozens of events in a minute, and one look shows what they all say. Milliseconds. */
const GAP = 30_000;

/**
 * Accepts events of roll-outs; undefined where neither `ROLLOUTS_SECRET` nor `ROLLOUTS_TOKEN` is set. An event rings the repository
 * that it names where that is served, else all. The first leads to a pass at once, those of the next 30 seconds together to one more.
 */
export function createRolloutBell(env: Shell["env"], options: RolloutBellOptions): RolloutReceiver | undefined {
  const { ROLLOUTS_SECRET: secret = "", ROLLOUTS_TOKEN: token = "" } = env;
  if (secret === "" && token === "") return undefined;
  const { repositories, queuePass, gapMs = GAP } = options;
  /** Repositories that were rung within the gap, and whether they were rung again since. */
  const lately = new Map<RepoKey, boolean>();
  const ringOne = (repo: RepoKey): void => {
    if (lately.has(repo)) {
      lately.set(repo, true);
      return;
    }
    lately.set(repo, false);
    queuePass(repo);
    setTimeout(() => {
      const isAgain = lately.get(repo) === true;
      lately.delete(repo);
      if (isAgain) ringOne(repo);
    }, gapMs).unref();
  };
  return {
    secret,
    token,
    ring(named) {
      const served = [...repositories()];
      const meant = named === undefined ? [] : served.filter((repo) => repositoryName(repo) === named);
      for (const repo of meant.length > 0 ? meant : served) ringOne(repo);
      return served.length > 0 ? "taken" : "full";
    },
  };
}
