import type { PullRequest } from "../../../src/domain/pull-request.ts";

/** An open pull request of the bot, with what differs from the usual. */
export function pullRequest(changed: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 7,
    id: "7",
    url: "https://example.com/7",
    title: "Deploy acme/triage",
    body: "",
    branch: "raos/agent/acme/triage",
    base: "main",
    head: "f".repeat(40),
    state: "open",
    labels: [],
    botOnly: true,
    openedByBot: true,
    textByBot: true,
    closedByBot: false,
    handsOff: false,
    createdAt: 0,
    headAt: 0,
    endedAt: undefined,
    ...changed,
  };
}
