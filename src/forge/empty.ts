import type { Sha } from "../domain/values/scalars.ts";
import { type Forge, ForgeError } from "./forge.ts";

/** The forge of a working folder: it has no pull requests and no issues. Every write throws ForgeError "forbidden". */
export function emptyForge(sha: Sha): Forge {
  const refuse = async () => {
    throw new ForgeError("forbidden", "a working folder holds no pull requests; commit it and use --repo");
  };
  return {
    checksStartLater: false,
    defaultBranch: async () => ({ name: "main", sha }),
    pullRequests: async () => ({ pulls: [], complete: true, account: undefined }),
    openedSince: async () => [],
    recentPulls: async () => [],
    pull: async () => undefined,
    open: refuse,
    update: refuse,
    close: refuse,
    commentHandsOff: refuse,
    showRollout: refuse,
    checks: async () => "none",
    merge: refuse,
    issues: async () => ({ issues: [], complete: true }),
    openIssue: refuse,
    updateIssue: refuse,
    closeIssue: refuse,
  };
}
