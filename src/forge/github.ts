import * as z from "zod";
import type { StandingPull } from "../domain/change.ts";
import type { StandingIssue } from "../domain/incident.ts";
import { withoutTrailing } from "../domain/trim.ts";
import { type Forge, ForgeError } from "./forge.ts";
import { readChecks } from "./github-checks.ts";
import { createClient } from "./github-client.ts";
import type { GitHubAuth } from "./github-connection.ts";
import { closePull, mergePull, sayHandsOff } from "./github-finish.ts";
import { closeIssue, openIssue, readIssues, updateIssue } from "./github-issues.ts";
import { decorate } from "./github-labels.ts";
import { corrected, createWriteMemory } from "./github-memory.ts";
import { openPull, type Setting } from "./github-open.ts";
import { createPacer, GITHUB_PACE, type Pacer } from "./github-pace.ts";
import { openedSince, recentPulls } from "./github-recent.ts";
import { readPull, readStanding } from "./github-standing.ts";
import { updatePull } from "./github-update.ts";

export interface GitHubForgeOptions {
  readonly owner: string;
  readonly name: string;
  readonly auth: GitHubAuth;
  /** REST's root: left out, `https://api.github.com`; of a GitHub Enterprise Server, `https://<host>/api/v3`. */
  readonly baseUrl?: string | undefined;
  /** Shared among the repositories of an installation; left out, one of its own at `GITHUB_PACE`. */
  readonly pacer?: Pacer | undefined;
  /** Requests under way at once; left out, 10. GitHub allows 100. */
  readonly concurrency?: number | undefined;
  /** Milliseconds until a request without an answer counts as lost; left out, 30,000. */
  readonly timeout?: number | undefined;
  /** Longest wait for a rate limit, in seconds; left out, 900. */
  readonly patience?: number | undefined;
  /** Unit of the waits between retried reads, in milliseconds (1×, 4×, 9×); left out, 1,000. */
  readonly retryBase?: number | undefined;
  readonly warn?: ((fields: Readonly<Record<string, unknown>>, message: string) => void) | undefined;
}

export interface GitHubForge extends Forge {
  readonly kind: "github";
  /** A token that Git may read and write the repository with: the installation's (good for an hour) or the one given. */
  gitCredential(): Promise<string>;
}

const RepositoryFacts = z.object({ node_id: z.string(), default_branch: z.string(), clone_url: z.string() });
const RefFacts = z.object({ object: z.object({ sha: z.string() }) });

/** The forge of one repository on GitHub. Sends nothing before its first call; methods may run side by side. */
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
  });
  const place = { owner, name };
  const path = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  const facts = async (): Promise<z.infer<typeof RepositoryFacts>> => {
    const found = await client.get("read the repository", path, RepositoryFacts);
    if (found === undefined)
      throw new ForgeError("not-found", `there is no repository ${owner}/${name}, or this credential may not see it`);
    return found;
  };
  const absent = new Set<string>();
  const pulls = createWriteMemory<StandingPull>(Date.now);
  const issues = createWriteMemory<StandingIssue>(Date.now);
  const noted = (pull: StandingPull): StandingPull => {
    pulls.note(pull);
    return pull;
  };
  let known: Promise<Setting> | undefined;
  const setting = (): Promise<Setting> => {
    known ??= facts().then(
      ({ node_id }) => ({ ...place, client, repositoryId: node_id, nodeIds: new Map(), warn, absent }),
      (error: unknown) => {
        known = undefined;
        throw error;
      },
    );
    return known;
  };
  return {
    kind: "github",
    defaultBranch: async () => {
      const { default_branch } = await facts();
      const ref = await client.get(
        "read the default branch",
        `${path}/git/ref/heads/${default_branch.split("/").map(encodeURIComponent).join("/")}`,
        RefFacts,
      );
      return { name: default_branch, sha: ref?.object.sha };
    },
    standing: async (branches) => {
      const { heads, ...listed } = await readStanding(client, place, branches);
      for (const [branch, head] of heads) {
        if (head === undefined) absent.add(branch);
        else absent.delete(branch);
      }
      return corrected(listed, pulls, new Set(branches), (number) => readPull(client, place, number));
    },
    recent: async (since) => {
      const listed = await recentPulls(client, place, since);
      const ours = pulls.recent().filter((pull) => pull.createdAt > since || (pull.endedAt ?? 0) > since);
      return listed && [...new Map([...listed, ...ours].map((pull) => [pull.number, pull])).values()];
    },
    openedSince: async (since) => {
      const listed = await openedSince(client, place, since);
      const ours = pulls.recent().filter((pull) => pull.createdAt > since);
      return listed && new Set([...listed, ...ours.map((pull) => pull.number)]).size;
    },
    pull: (number) => readPull(client, place, number),
    open: async (proposal, base) => {
      const known = await setting();
      return noted(await decorate(known, await openPull(known, proposal, base), proposal, warn));
    },
    update: async (pull, proposal, base, replay) => {
      const known = await setting();
      const now = await updatePull(known, pull, proposal, base, replay);
      return noted(await decorate(known, now, { ...proposal, reviewers: [] }, warn));
    },
    close: async (pull, sentence, { keepBranch } = { keepBranch: false }) => {
      await closePull(await setting(), pull, sentence, keepBranch);
      noted({ ...pull, state: "closed", closedByBot: true, endedAt: Date.now() });
    },
    handsOff: async (pull, sentence) => sayHandsOff(await setting(), pull, sentence),
    checks: (pull) => readChecks(client, place, pull),
    merge: async (pull) => {
      const sha = await mergePull(await setting(), pull);
      noted({ ...pull, state: "merged", endedAt: Date.now() });
      return sha;
    },
    issues: () => readIssues(client, place, issues),
    openIssue: async (report) => openIssue(await setting(), report, issues),
    updateIssue: async (issue, report) => updateIssue(await setting(), issue, report, issues),
    closeIssue: async (issue, sentence) => closeIssue(await setting(), issue, sentence, issues),
    gitCredential: () => client.credential(),
  };
}
