import type { Outcome } from "../../domain/decision.ts";
import type { RepoKey } from "../../domain/trigger.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { ForgeError } from "../../forge/forge.ts";
import type { World } from "../../pass/world.ts";

/** How long a repository may go on without a whole pass, in milliseconds: webhooks can be lost, and not everything leaves a trace. */
const LONGEST = 3_600_000;

/** Which repositories need no pass in a round of the timer, since nothing has changed there since their last one. */
export interface QuietRounds {
  /**
   * What a repository looks like from outside: the head of its default branch and its last change of a pull request, issue or comment;
   * undefined where the forge does not say. On GitHub three conditional requests, which cost nothing where nothing changed.
   */
  stampOf(world: World): Promise<string | undefined>;
  /** Whether nothing is left to do there, and it looks as it did before its last whole pass, less than an hour ago. */
  isQuiet(repo: RepoKey, stamp: string | undefined): boolean;
  /** Notes a whole pass: how the repository looked before it, and what came of it. */
  note(repo: RepoKey, stamp: string | undefined, outcomes: readonly Outcome[]): void;
}

export function createQuietRounds(now: () => Instant): QuietRounds {
  const settled = new Map<RepoKey, { readonly stamp: string; readonly at: Instant }>();
  return {
    async stampOf({ forge }) {
      try {
        const reads = [forge.defaultBranch(), forge.lastChange?.(), forge.organisationConfig?.()] as const;
        const [{ sha, standing, topics }, change, organisation] = await Promise.all(reads);
        return change === undefined ? undefined : JSON.stringify([sha, standing, topics, change, organisation?.text]);
      } catch (error) {
        if (!(error instanceof ForgeError)) throw error;
        return undefined;
      }
    },
    isQuiet(repo, stamp) {
      const last = settled.get(repo);
      return stamp !== undefined && last?.stamp === stamp && now() - last.at < LONGEST;
    },
    note(repo, stamp, outcomes) {
      if (stamp === undefined || !outcomes.every(isLasting)) settled.delete(repo);
      else settled.set(repo, { stamp, at: now() });
    },
  };
}

/** Whether an outcome stays the same until somebody changes something: it waits neither for a time nor for a check. */
function isLasting({ kind, reason }: Outcome): boolean {
  if (kind === "problem") return true;
  // A pull request that a policy accepts is "unchanged", too, while it waits for checks, of which no issue tells.
  if (kind !== "unchanged" && kind !== "skipped") return false;
  return reason !== undefined && LASTING.has(reason);
}

const LASTING: ReadonlySet<string> = new Set([
  "up-to-date",
  "nothing-to-do",
  "closed-by-a-person",
  "person-edited-the-branch",
  "person-edited-the-text",
  "not-opened-by-raos",
  "held",
  "no-configuration",
  "repository-is-empty",
  "repository-is-archived",
  "fork-without-configuration",
]);
