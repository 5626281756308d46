import { createGate } from "../../deadline/gate.ts";
import type { Sha } from "../../domain/values/scalars.ts";
import type { Warn } from "../../domain/warn.ts";
import { GitError } from "../../git/git-error.ts";
import type { Repository } from "../../git/repository.ts";
import { type Forge, ForgeError } from "../forge.ts";
import { withForgeErrors } from "../with-forge-errors.ts";
import { createActivityReader } from "./activity.ts";
import { createGiteaHeadWriter } from "./branches/head-writer.ts";
import { createPushQueue } from "./branches/push-queue.ts";
import { createGiteaClient } from "./client/client.ts";
import { createGiteaConversation } from "./comments/conversation.ts";
import { showGiteaRollout } from "./comments/write-comment.ts";
import { type GiteaContext, GiteaUser, readRepositoryFacts } from "./context.ts";
import { listGiteaIssues } from "./issues/list.ts";
import { closeGiteaIssue, openGiteaIssue, updateGiteaIssue } from "./issues/write.ts";
import { requestGiteaReviews } from "./labels.ts";
import { readGiteaOrganisationConfig } from "./organisation-config.ts";
import { createProof } from "./proof.ts";
import { closeGiteaPull, commentGiteaHandsOff } from "./pulls/finish.ts";
import { listGiteaPulls, listOpenedBranches, listRecentPulls } from "./pulls/list.ts";
import { mergeGiteaPull } from "./pulls/merge.ts";
import { readBranchHead } from "./pulls/on-branch.ts";
import { openGiteaPull } from "./pulls/open.ts";
import { createOwnPulls } from "./pulls/own-pulls.ts";
import { type PullContext, readGiteaPull, toPull } from "./pulls/read.ts";
import { updateGiteaPull } from "./pulls/update.ts";
import { createOwnStatuses } from "./statuses/own-checks.ts";
import { readCommitStatus } from "./statuses/read-checks.ts";

export interface GiteaForgeOptions {
  /** The address of the server, without a slash at its end, such as `https://git.example` or `https://example.com/gitea`. */
  readonly url: string;
  readonly owner: string;
  readonly name: string;
  readonly token: string;
  /** Tokens of the bot that were replaced: what was made with them is still the bot's. */
  readonly formerTokens?: readonly string[] | undefined;
  /** The mirror of the repository. */
  readonly repository: Repository;
  /** Most requests at the same time; left out, 10. */
  readonly concurrency?: number | undefined;
  /** Milliseconds until a request without an answer counts as lost; left out, 30,000. */
  readonly timeout?: number | undefined;
  /** Longest wait for a rate limit, in seconds; left out, 900. */
  readonly patience?: number | undefined;
  /** Unit of the waits between repeated reads, in milliseconds (1×, 4×, 9×); left out, 1,000. */
  readonly retryBase?: number | undefined;
  readonly warn?: Warn | undefined;
  /** Sends each request; left out, the global one. */
  readonly fetch?: typeof fetch | undefined;
}

export interface GiteaForge extends Forge {
  /** Ends the forge's own Git child; the mirror stays open. */
  dispose(): Promise<void>;
}

/**
 * The forge of one repository on a Gitea or a Forgejo: pull requests, issues and statuses through its API, branches by Git. Sends
 * nothing before its first call; its methods may run at the same time, and throw ForgeError.
 */
export function createGiteaForge(options: GiteaForgeOptions): GiteaForge {
  const context = createContext(options);
  const own = createOwnPulls();
  return {
    // Actions and other services report a status only once they have begun.
    checksStartLater: true,
    defaultBranch: async () => {
      const { default_branch: name, empty, full_name: now, topics, ...facts } = await readRepositoryFacts(context);
      assertSameName(`${options.owner}/${options.name}`, now, options.url);
      const standing = facts.archived === true ? "archived" : facts.fork === true ? "fork" : undefined;
      const sha = empty ? undefined : await readBranchHead(context, name);
      return { name, sha, standing, repository: now, topics: topics ?? undefined };
    },
    organisationConfig: () => readGiteaOrganisationConfig(context.client, options.owner, options.name),
    pullRequests: (branches) => listGiteaPulls(context, own, branches),
    showRollout: (pull, text) => showGiteaRollout(context, pull, text),
    openedSince: (since) => listOpenedBranches(context, own, since),
    recentPulls: (since) => listRecentPulls(context, own, since),
    pull: async (number) => {
      const found = await readGiteaPull(context, number);
      return found && toPull(context, found);
    },
    open: async (proposal, base) => {
      const pull = await openGiteaPull(context, proposal, base);
      await requestGiteaReviews(context, pull, proposal.reviewers);
      return pull;
    },
    update: (pull, proposal, base, replay) => updateGiteaPull(context, pull, proposal, base, replay),
    close: (pull, sentence, { keepBranch } = { keepBranch: false }) =>
      closeGiteaPull(context, pull, sentence, keepBranch),
    commentHandsOff: (pull, sentence) => commentGiteaHandsOff(context, pull, sentence),
    checks: (pull) => readCommitStatus(context, pull),
    merge: (pull) => mergeGiteaPull(context, pull),
    issues: () => listGiteaIssues(context),
    openIssue: (report) => openGiteaIssue(context, report),
    updateIssue: (issue, report) => updateGiteaIssue(context, issue, report),
    closeIssue: (issue, sentence) => closeGiteaIssue(context, issue, sentence),
    ownChecks: createOwnStatuses(context, `${options.url}/${options.owner}/${options.name}`),
    headWriter: createGiteaHeadWriter(context),
    conversation: createGiteaConversation(context),
    dispose: () => context.objects.close(),
  };
}

function createContext(options: GiteaForgeOptions): PullContext {
  const { url, token, repository, owner, name } = options;
  const warn = options.warn ?? (() => {});
  const client = createGiteaClient({
    url,
    token,
    timeout: options.timeout ?? 30_000,
    gate: createGate(options.concurrency ?? 10),
    fetch: options.fetch ?? fetch,
    retryBase: options.retryBase ?? 1000,
    patience: options.patience ?? 900,
    warn,
  });
  const objects = repository.objects();
  return {
    client,
    path: `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`,
    repository,
    objects,
    proof: createProof(token, options.formerTokens),
    push: createPushQueue((updates) => repository.push(updates)),
    warn,
    labelIds: new Map(),
    readActivity: createActivityReader(),
    account: once(async () => {
      const found = await client.get("read the account of the token", "/user", GiteaUser);
      if (found === undefined) throw new ForgeError("not-found", `there is no Gitea at ${url}`);
      return found;
    }),
    fetch: createFetcher(repository, async (sha) => (await objects.object(sha)).kind !== "missing"),
  };
}

/** The API follows a repository to its new name, and Git does not. Throws ForgeError "not-found" where it was renamed. */
function assertSameName(known: string, now: string, url: string): void {
  if (known.toLowerCase() === now.toLowerCase()) return;
  throw new ForgeError("not-found", `the repository ${known} is now ${now}: name it ${url}/${now}`);
}

/** Runs `ask` with the first call; after a failure, again with the next one. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}

/** What is said where the repository is there, and the commit or the pull request is not. */
const NO_COMMIT = /has no commit|couldn't find remote ref/;

/** Fetches what is missing; calls that come while a fetch runs look again when it has ended, so that many take one fetch. */
function createFetcher(repository: Repository, has: (sha: Sha) => Promise<boolean>): GiteaContext["fetch"] {
  let running: Promise<boolean> | undefined;
  const fetchOne = async (sha: Sha, pull: number | undefined): Promise<boolean> => {
    try {
      await repository.fetch(sha, pull === undefined ? {} : { ref: `refs/pull/${pull}/head` });
      return true;
    } catch (error) {
      if (error instanceof GitError && error.code === "not-found" && NO_COMMIT.test(error.message)) return false;
      throw error;
    }
  };
  return (sha, pull) =>
    withForgeErrors(async () => {
      if (await has(sha)) return true;
      while (running !== undefined) {
        await running.catch(() => {});
        if (await has(sha)) return true;
      }
      running = fetchOne(sha, pull).finally(() => {
        running = undefined;
      });
      return running;
    });
}
