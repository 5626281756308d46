import type { Issue, IssueProposal } from "../../domain/alert/incident.ts";
import type { FileChange } from "../../domain/change-set.ts";
import type { Proposal } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { blobOid } from "../../domain/values/object-id.ts";
import type { Instant, Sha } from "../../domain/values/scalars.ts";
import type { Forge } from "../../forge/forge.ts";
import type { TreeChange } from "../../git/objects/tree.ts";
import { decodeMarker, encodeMarker, withoutMarker } from "../../pr/marker.ts";
import { saysResolved } from "../../pr/resolved-note.ts";

/** A forge in memory, so that past alerts can be replayed without writing anything. */
export interface ReplayForge extends Forge {
  /** What merging a branch would change: the files of its proposal. */
  changesOf(branch: string): readonly TreeChange[];
  /** The branches of the pull requests that would have merged without a person. */
  readonly autoMerged: ReadonlySet<string>;
  /** Counts open pull requests whose alert has ended as merged now. */
  settle(): void;
}

/** A forge in memory on one commit of a repository; `now` is the time of the replay. */
export function replayForge(
  head: { readonly name: string; readonly sha: Sha | undefined },
  now: () => Instant,
): ReplayForge {
  const pulls = new Map<number, PullRequest>();
  const issues = new Map<number, Issue>();
  const autoMerged = new Set<string>();
  const proposed = new Map<string, readonly FileChange[]>();
  let last = 0;

  function write(proposal: Proposal, number: number, createdAt: Instant): PullRequest {
    const pull: PullRequest = {
      number,
      id: String(number),
      url: `replay#${number}`,
      title: proposal.title,
      body: proposal.body,
      branch: proposal.branch,
      base: head.name,
      head: head.sha ?? "",
      state: "open",
      labels: proposal.labels,
      botOnly: true,
      openedByBot: true,
      textByBot: true,
      closedByBot: false,
      handsOff: false,
      createdAt,
      headAt: createdAt,
      endedAt: undefined,
    };
    pulls.set(number, pull);
    proposed.set(proposal.branch, proposal.files);
    if (proposal.autoMerge) autoMerged.add(proposal.branch);
    return pull;
  }

  function end(pull: PullRequest, state: "closed" | "merged"): void {
    const kept = pulls.get(pull.number);
    if (kept === undefined) return;
    const body = state === "merged" ? asOfAnotherBase(kept.body) : kept.body;
    pulls.set(pull.number, { ...kept, body, state, closedByBot: state === "closed", endedAt: now() });
  }

  function ask(report: IssueProposal, number: number, createdAt: Instant): Issue {
    const { key, title, body } = report;
    const issue: Issue = {
      number,
      id: String(number),
      url: `replay#${number}`,
      key,
      title,
      body,
      state: "open",
      closedByBot: false,
      createdAt,
      endedAt: undefined,
    };
    issues.set(number, issue);
    return issue;
  }

  return {
    checksStartLater: false,
    defaultBranch: async () => head,
    pullRequests: async (branches) => {
      const asked = new Set(branches);
      const near = [...pulls.values()].filter((pull) => pull.state === "open" || asked.has(pull.branch));
      return {
        pulls: [...new Map(near.map((pull) => [pull.branch, pull])).values()],
        complete: true,
        account: undefined,
      };
    },
    openedSince: async (since) =>
      [...pulls.values()].filter((pull) => pull.createdAt > since).map((pull) => pull.branch),
    recentPulls: async (since) =>
      [...pulls.values()].filter((pull) => pull.createdAt > since || (pull.endedAt ?? 0) > since),
    pull: async (number) => pulls.get(number),
    open: async (proposal) => write(proposal, ++last, now()),
    update: async (pull, proposal) => write(proposal, pull.number, pull.createdAt),
    close: async (pull) => end(pull, "closed"),
    commentHandsOff: async () => {},
    showRollout: async () => {},
    checks: async () => "none",
    merge: async (pull) => {
      end(pull, "merged");
      return pull.head;
    },
    issues: async () => ({ issues: [...issues.values()], complete: true }),
    openIssue: async (report) => ask(report, ++last, now()),
    updateIssue: async (issue, report) => ask(report, issue.number, issue.createdAt),
    closeIssue: async (issue) => {
      issues.set(issue.number, { ...issue, state: "closed", closedByBot: true, endedAt: now() });
    },
    changesOf: (branch) =>
      (proposed.get(branch) ?? []).map(({ path, before, text }) => {
        const after = text === undefined ? undefined : blobOid(text);
        return {
          path,
          before: before?.oid,
          after,
          mode: "100644",
          oldMode: before === undefined ? "000000" : "100644",
        };
      }),
    autoMerged,
    settle() {
      for (const pull of pulls.values()) if (pull.state === "open" && saysResolved(pull.body)) end(pull, "merged");
    },
  };
}

/** A real merge moves the default branch; a replay does not. With the old base, `decide` would report an incomplete read. */
function asOfAnotherBase(body: string): string {
  const marker = decodeMarker(body);
  if (marker === undefined) return body;
  return `${withoutMarker(body).trimEnd()}\n\n${encodeMarker({ ...marker, base: "0".repeat(40) })}`;
}
