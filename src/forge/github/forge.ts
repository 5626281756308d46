import { createHash } from "node:crypto";
import * as z from "zod";
import type { Issue } from "../../domain/alert/incident.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { withoutTrailing } from "../../domain/values/trim.ts";
import type { Warn } from "../../domain/warn.ts";
import { type Forge, ForgeError } from "../forge.ts";
import { createHeadWriter } from "./checks/head-writer.ts";
import { createOwnChecks } from "./checks/own-checks.ts";
import { readChecks } from "./checks/read-checks.ts";
import { createClient } from "./client/client.ts";
import type { GitHubAuth } from "./client/connection.ts";
import { createPacer, GITHUB_PACE, type Pacer } from "./client/pace.ts";
import { createClosedIssuesReader } from "./closed-issues.ts";
import { createConversation } from "./comments/conversation.ts";
import { showGitHubRollout } from "./comments/rollout-comment.ts";
import type { GitHubContext } from "./context.ts";
import { createDeployments } from "./deployments/show-deployments.ts";
import { setLabelsAndReviewers } from "./labels.ts";
import { listIssues } from "./list-issues.ts";
import { readOrganisationConfig } from "./organisation-config.ts";
import { closeGitHubPull, commentHandsOff, mergeGitHubPull } from "./pulls/finish.ts";
import { createFormerReader, type FormerAccounts } from "./pulls/former-pulls.ts";
import { listPulls } from "./pulls/list-pulls.ts";
import { openGitHubPull } from "./pulls/open.ts";
import { readPull } from "./pulls/read-pull.ts";
import { createRecentPullsReader, listOpenedSince } from "./pulls/recent.ts";
import { updateGitHubPull } from "./pulls/update.ts";
import { createMergeRules } from "./rules/merge-rules.ts";
import { closeGitHubIssue, openGitHubIssue, updateGitHubIssue } from "./write-issues.ts";
import { createWriteMemory, rereadRecentWrites } from "./write-memory.ts";

export interface GitHubForgeOptions {
  readonly owner: string;
  readonly name: string;
  readonly auth: GitHubAuth;
  /** REST's root: left out, `https://api.github.com`; of a GitHub Enterprise Server, `https://<host>/api/v3`. */
  readonly baseUrl?: string | undefined;
  /** Shared among the repositories of an installation; left out, one of its own at `GITHUB_PACE`. */
  readonly pacer?: Pacer | undefined;
  /** Most requests at the same time; left out, 10. GitHub allows 100. */
  readonly concurrency?: number | undefined;
  /** Milliseconds until a request without an answer counts as lost; left out, 30,000. */
  readonly timeout?: number | undefined;
  /** Longest wait for a rate limit, in seconds; left out, 900. */
  readonly patience?: number | undefined;
  /** Unit of the waits between retried reads, in milliseconds (1×, 4×, 9×); left out, 1,000. */
  readonly retryBase?: number | undefined;
  readonly warn?: Warn | undefined;
  readonly formerAccounts?: FormerAccounts | undefined;
  /** Sends each request; left out, the global one. */
  readonly fetch?: typeof fetch | undefined;
}

export interface GitHubForge extends Forge {
  /** A token that Git may read and write the repository with: the installation's (good for an hour) or the one given. */
  gitCredential(): Promise<string>;
}

const RepositoryFacts = z.object({
  node_id: z.string(),
  default_branch: z.string(),
  clone_url: z.string(),
  fork: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  full_name: z.string(),
  topics: z.array(z.string()).nullish(),
});
const RefFacts = z.object({ object: z.object({ sha: z.string() }) });

/**
 * The forge of one repository on GitHub. Sends nothing before its first call; its methods may run at the same time, and throw
 * ForgeError.
 */
export function createGitHubForge(options: GitHubForgeOptions): GitHubForge {
  const { owner, name } = options;
  const warn = options.warn ?? (() => {});
  const client = createClient({
    owner,
    name,
    auth: options.auth,
    baseUrl: withoutTrailing(options.baseUrl ?? "https://api.github.com", "/"),
    pacer: options.pacer ?? createPacer(GITHUB_PACE),
    concurrency: options.concurrency ?? 10,
    timeout: options.timeout ?? 30_000,
    patience: options.patience ?? 900,
    retryBase: options.retryBase ?? 1000,
    warn,
    fetch: options.fetch ?? fetch,
  });
  const repository = { owner, name };
  const app = options.auth.kind === "app" ? options.auth.appId : undefined;
  const asOwn = createFormerReader(client, repository, options.formerAccounts);
  const former = options.formerAccounts?.logins ?? [];
  const facts = async (): Promise<z.infer<typeof RepositoryFacts>> => {
    const found = await client.get(
      "read the repository",
      { owner, repo: name },
      (octokit, asked) => octokit.rest.repos.get(asked),
      RepositoryFacts,
    );
    if (found === undefined)
      throw new ForgeError("not-found", `there is no repository ${owner}/${name}, or this credential may not see it`);
    return found;
  };
  const absentBranches = new Set<string>();
  const pulls = createWriteMemory<PullRequest>(Date.now);
  const issues = createWriteMemory<Issue>(Date.now);
  const readClosedIssues = createClosedIssuesReader(client, repository);
  const rewritten = new Set<number>();
  const readRecentPulls = createRecentPullsReader(client, repository, former, rewritten);
  const remembered = (pull: PullRequest): PullRequest => {
    pulls.remember(pull);
    return pull;
  };
  let known: Promise<GitHubContext> | undefined;
  const context = (): Promise<GitHubContext> => {
    known ??= facts().then(
      ({ node_id }) => ({ ...repository, client, repositoryId: node_id, nodeIds: new Map(), warn, absentBranches }),
      (error: unknown) => {
        known = undefined;
        throw error;
      },
    );
    return known;
  };
  return {
    checksStartLater: true,
    defaultBranch: async () => {
      const { default_branch, fork, archived, full_name: repository, topics } = await facts();
      const ref = await client.get(
        "read the default branch",
        { owner, repo: name, ref: `heads/${default_branch}` },
        (octokit, asked) => octokit.rest.git.getRef(asked),
        RefFacts,
      );
      const standing = fork === true ? "fork" : undefined;
      return {
        ...{ name: default_branch, sha: ref?.object.sha, standing: archived === true ? "archived" : standing },
        ...{ repository, topics: topics ?? undefined },
      };
    },
    organisationConfig: () => readOrganisationConfig(client, repository),
    deployments: createDeployments(client, repository, warn),
    showRollout: async (pull, text) => {
      await showGitHubRollout(client, repository, pull, text);
      rewritten.add(pull.number);
    },
    lastChange: async () => {
      const newest = { owner, repo: name, state: "all", sort: "updated", direction: "desc", per_page: 1 } as const;
      const found = await client.get(
        "read the last change",
        newest,
        (octokit, asked) => octokit.rest.issues.listForRepo(asked),
        z.array(z.unknown()),
      );
      return found === undefined ? undefined : createHash("sha256").update(JSON.stringify(found)).digest("hex");
    },
    pullRequests: async (branches) => {
      const { heads, ...listed } = await listPulls(client, repository, branches, former);
      for (const [branch, head] of heads) {
        if (head === undefined) absentBranches.add(branch);
        else absentBranches.delete(branch);
      }
      const read = (number: number) => readPull(client, repository, number);
      const all = await rereadRecentWrites(listed, pulls, new Set(branches), read);
      return { ...all, pulls: await Promise.all(all.pulls.map(asOwn)) };
    },
    recentPulls: async (since) => {
      const listed = await readRecentPulls(since);
      const written = pulls.recent().filter((pull) => pull.createdAt > since || (pull.endedAt ?? 0) > since);
      // What ended after this process wrote it is newer than that.
      const ended = (listed ?? []).filter(({ state }) => state !== "open");
      const all = listed && [...new Map([...listed, ...written, ...ended].map((pull) => [pull.number, pull])).values()];
      return all && (await Promise.all(all.map(asOwn)));
    },
    openedSince: async (since) => {
      const listed = await listOpenedSince(client, repository, since, former);
      const written = pulls.recent().filter((pull) => pull.createdAt > since);
      return (
        listed && [...new Map([...listed, ...written.map((pull) => [pull.number, pull.branch] as const)]).values()]
      );
    },
    pull: async (number) => {
      const pull = await readPull(client, repository, number);
      return pull && asOwn(pull);
    },
    open: async (proposal, base) => {
      const own = await context();
      return remembered(await setLabelsAndReviewers(own, await openGitHubPull(own, proposal, base), proposal, warn));
    },
    update: async (pull, proposal, base, replay) => {
      const own = await context();
      const updated = await updateGitHubPull(own, pull, proposal, base, replay);
      return remembered(await setLabelsAndReviewers(own, updated, { ...proposal, reviewers: [] }, warn));
    },
    close: async (pull, sentence, { keepBranch } = { keepBranch: false }) => {
      await closeGitHubPull(await context(), pull, sentence, keepBranch);
      remembered({ ...pull, state: "closed", closedByBot: true, endedAt: Date.now() });
    },
    commentHandsOff: async (pull, sentence) => commentHandsOff(await context(), pull, sentence),
    checks: (pull) => readChecks(client, repository, pull, app),
    merge: async (pull) => {
      const sha = await mergeGitHubPull(await context(), pull);
      remembered({ ...pull, state: "merged", endedAt: Date.now() });
      return sha;
    },
    issues: () => listIssues(client, repository, issues, readClosedIssues),
    openIssue: async (report) => openGitHubIssue(await context(), report, issues),
    updateIssue: async (issue, report) => updateGitHubIssue(await context(), issue, report, issues),
    closeIssue: async (issue, sentence) => closeGitHubIssue(await context(), issue, sentence, issues),
    mergeRules: createMergeRules(client, repository),
    ...(app === undefined
      ? {}
      : {
          ownChecks: createOwnChecks(client, repository, app),
          headWriter: createHeadWriter(client, repository),
          conversation: createConversation(client, repository, app),
        }),
    gitCredential: () => client.credential(),
  };
}
