import { inSlices } from "../deadline/slices.ts";
import type { Problem } from "../domain/problem.ts";
import type { Base } from "../forge/forge.ts";
import { type OrganisationReading, readOrganisation } from "../spec/read/organisation-config.ts";
import type { CommitView } from "../survey/source/commit-view.ts";
import { type Survey, survey } from "../survey/survey.ts";
import { hasAgentSpec, hasConfiguration, isInvited } from "./has-configuration.ts";
import { type LoadedPolicies, loadingPolicies, policyFilesIn } from "./load-policies.ts";
import type { PlanningWorld } from "./world.ts";

/** The head of the default branch with its survey and policies; or why nothing can be read from it. */
export type CommitReading =
  | {
      readonly kind: "read";
      readonly base: Base;
      readonly isFork: boolean;
      /** False where RAOS is wanted, and there is no raos.yaml: then only that one is proposed. */
      readonly isConfigured: boolean;
      /** That the folder in which RAOS's files lie has no raos.yaml: without it nothing but that one can be planned. */
      readonly missing: readonly Problem[];
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
  const head = await world.forge.defaultBranch();
  const { name: branch, sha, standing } = head;
  if (standing === "archived") return { kind: "archived", branch };
  const commit = sha === undefined ? undefined : await world.viewCommit(branch, sha);
  if (commit === undefined) return { kind: "empty", branch };
  const base = { branch, sha: commit.sha };
  // Where a raos.yaml is, nobody has to ask for RAOS: the shared files are not loaded for that.
  const organisation: OrganisationReading =
    (await commit.source.file("raos.yaml")) === undefined
      ? readOrganisation(await (await commit.source.shared()).load())
      : { kind: "none" };
  const isWanted = isInvited(head, organisation);
  const placed = await survey(commit.source, world.store, world.memory);
  const found = "kind" in placed ? ((await surveyBefore(world, commit, isWanted)) ?? placed) : placed;
  if ("kind" in found) return { kind: "unreadable", branch, base, commit, problems: found.problems };
  const isConfigured = await hasConfiguration(commit, isWanted);
  // What is proposed would not say what the organisation says.
  if (!isConfigured && organisation.kind === "problems")
    return { kind: "unreadable", branch, base, commit, problems: organisation.problems };
  const policies = await readPolicies(world, commit);
  return {
    kind: "read",
    base,
    isFork: standing === "fork",
    isConfigured,
    missing: "kind" in placed ? placed.problems : [],
    commit,
    survey: found,
    policies,
  };
}

/**
 * The survey of a folder that has no raos.yaml yet, where RAOS is wanted there: with the defaults, from which nothing but onboarding
 * may be planned. Undefined for any other commit that cannot be read: the folder may be misspelt.
 */
async function surveyBefore(
  world: PlanningWorld,
  { source }: CommitView,
  isWanted: boolean,
): Promise<Survey | undefined> {
  const { below = "", ...unplaced } = source;
  if (below === "") return undefined;
  if ((await source.file("raos.yaml")) !== undefined) return undefined;
  const shared = async () => {
    const { key, load } = await source.shared();
    return { key: `${key}\nbefore`, load };
  };
  const found = await survey({ ...unplaced, shared }, world.store, world.memory);
  if ("kind" in found) return undefined;
  return isWanted || (await hasAgentSpec(source)) ? found : undefined;
}

/** The policies that ship and those in a commit's `policies/`. Throws GitError. */
export async function readPolicies(world: PlanningWorld, commit: CommitView): Promise<LoadedPolicies> {
  return inSlices(loadingPolicies(world.shippedPolicies, policyFilesIn(await commit.slice(["policies/"]))));
}
