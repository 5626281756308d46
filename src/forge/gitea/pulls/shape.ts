import * as z from "zod";
import { BRANCH_PREFIX } from "../../../domain/branch-name.ts";
import { GiteaUser } from "../context.ts";

const Branch = z.object({
  /** The name of the branch; "" for a pull request that was pushed to `refs/for/`, which has none. */
  label: z.string(),
  /** As `label` while there is such a branch, else `refs/pull/<number>/head`. */
  ref: z.string(),
  sha: z.string(),
  /** -1: the repository is gone. */
  repo_id: z.int(),
});

/** A pull request as a Gitea answers it: `PullRequest` in modules/structs/pull.go. */
export const GiteaPull = z.object({
  number: z.int().positive(),
  html_url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(["open", "closed"]),
  merged: z.boolean(),
  merge_commit_sha: z.string().nullish(),
  merge_base: z.string().nullish(),
  content_version: z.int().nullish(),
  comments: z.int(),
  /** Null: the account was deleted. */
  user: GiteaUser.nullable(),
  labels: z.array(z.object({ id: z.int(), name: z.string() })).nullable(),
  head: Branch,
  base: Branch,
  created_at: z.string(),
  updated_at: z.string(),
  closed_at: z.string().nullish(),
});
export type GiteaPull = z.infer<typeof GiteaPull>;

/** Whether it is on one of the bot's branches in this repository, whoever opened it: not a fork's, and not pushed without a branch. */
export function isOnOwnBranch({ head, base }: GiteaPull): boolean {
  return head.repo_id === base.repo_id && head.label.startsWith(BRANCH_PREFIX);
}

/** Whether it is on a branch of this repository that is not there any more. */
export function isBranchGone({ head, base }: GiteaPull): boolean {
  return head.repo_id === base.repo_id && head.label !== "" && head.ref !== head.label;
}
