import { inSlices } from "../deadline/slices.ts";
import type { Problem } from "../domain/problem.ts";
import type { Base } from "../forge/forge.ts";
import type { CommitView } from "../survey/source/commit-view.ts";
import { type Survey, survey } from "../survey/survey.ts";
import { type LoadedPolicies, loadingPolicies, policyFilesIn } from "./load-policies.ts";
import type { PlanningWorld } from "./world.ts";

/** The head of the default branch with its survey and policies; or why nothing can be read from it. */
export type CommitReading =
  | {
      readonly kind: "read";
      readonly base: Base;
      readonly isFork: boolean;
      readonly commit: CommitView;
      readonly survey: Survey;
      readonly policies: LoadedPolicies;
    }
  | { readonly kind: "empty"; readonly branch: string }
  | { readonly kind: "archived"; readonly branch: string }
  | {
      readonly kind: "unreadable";
      readonly branch: string;
      readonly base: Base;
      readonly commit: CommitView;
      readonly problems: readonly Problem[];
    };

/** Reads the default branch. Writes nothing but caches. Throws GitError or ForgeError. */
export async function readDefaultBranch(world: PlanningWorld): Promise<CommitReading> {
  const { name: branch, sha, standing } = await world.forge.defaultBranch();
  if (standing === "archived") return { kind: "archived", branch };
  const commit = sha === undefined ? undefined : await world.viewCommit(branch, sha);
  if (commit === undefined) return { kind: "empty", branch };
  const base = { branch, sha: commit.sha };
  const found = await survey(commit.source, world.store, world.memory);
  if ("kind" in found) return { kind: "unreadable", branch, base, commit, problems: found.problems };
  const policies = await readPolicies(world, commit);
  return {
    kind: "read",
    base,
    isFork: standing === "fork",
    commit,
    survey: found,
    policies,
  };
}

/** The policies that ship and those in a commit's `policies/`. Throws GitError. */
export async function readPolicies(world: PlanningWorld, commit: CommitView): Promise<LoadedPolicies> {
  return inSlices(loadingPolicies(world.shippedPolicies, policyFilesIn(await commit.slice(["policies/"]))));
}
