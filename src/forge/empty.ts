import type { Sha } from "../domain/scalars.ts";
import { type Forge, ForgeError } from "./forge.ts";

/** A forge that holds no pull request and takes none: what a working folder that was not pushed has. */
export function emptyForge(sha: Sha): Forge {
  const refuse = async () => {
    throw new ForgeError("forbidden", "a working folder holds no pull requests; commit it and use --repo");
  };
  return {
    kind: "local",
    defaultBranch: async () => ({ name: "main", sha }),
    standing: async () => ({ pulls: [], complete: true }),
    openedSince: async () => 0,
    recent: async () => [],
    pull: async () => undefined,
    open: refuse,
    update: refuse,
    close: refuse,
    handsOff: refuse,
    checks: async () => "none",
    merge: refuse,
    issues: async () => ({ issues: [], complete: true }),
    openIssue: refuse,
    updateIssue: refuse,
    closeIssue: refuse,
  };
}
