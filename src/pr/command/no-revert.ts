import type { AgentKey } from "../../domain/fleet.ts";
import type { JsonPointer, Path } from "../../domain/values/scalars.ts";
import { code, some } from "../markdown.ts";

/** Why a merged pull request is not taken back. */
export type NoRevert =
  | {
      readonly kind:
        | "not-of-raos"
        | "not-merged"
        | "is-a-revert"
        | "text-changed"
        | "incomplete-read"
        | "merge-not-found"
        | "nothing-in-specs";
    }
  | { readonly kind: "exists"; readonly number: number; readonly state: "open" | "closed" | "merged" }
  | { readonly kind: "changed-since"; readonly fields: readonly { readonly file: Path; readonly at: JsonPointer }[] }
  | { readonly kind: "agent-removed" | "first-deployment" | "too-long-ago"; readonly agent: AgentKey };

const MOST_FIELDS = 10;

/** What somebody is told who asked for it, and what to do instead; Markdown. */
export function noRevertText(why: NoRevert): string {
  switch (why.kind) {
    case "exists":
      return existsText(why.number, why.state);
    case "changed-since":
      return changedText(why.fields);
    case "agent-removed":
    case "first-deployment":
    case "too-long-ago":
      return `${OF_AGENT[why.kind](code(why.agent, 128))} Nothing was opened.`;
    default:
      return PLAIN[why.kind];
  }
}

type PlainKind = Exclude<
  NoRevert,
  { readonly number: number } | { readonly fields: readonly object[] } | OfAgent
>["kind"];
type OfAgent = Extract<NoRevert, { readonly agent: AgentKey }>;

const PLAIN: Readonly<Record<PlainKind, string>> = {
  "not-of-raos": "This is no pull request that RAOS opened for an agent, so RAOS cannot take it back.",
  "not-merged": "This pull request is not merged, so there is nothing to take back; close it to refuse it.",
  "is-a-revert":
    "This pull request takes back another one already, and RAOS does not take that back; change the spec on the default branch instead.",
  "text-changed":
    "Somebody changed the text of this pull request, so RAOS cannot know for sure what it changed; take it back by hand.",
  "incomplete-read":
    "The pull requests could not be read in full, so it is not known whether there is one already; ask again.",
  "merge-not-found":
    "RAOS does not find the commit that merged this among the last changes of these agents: it is too long ago, or the pull request was merged with other commits. Take it back by hand.",
  "nothing-in-specs":
    "No value of a spec is left to set back: what changed was shared (a tenant, template, Model or chart, or `raos.yaml`) or a prompt file, or somebody set it back already. Take back the commit that changed it.",
};

const OF_AGENT: Readonly<Record<OfAgent["kind"], (agent: string) => string>> = {
  "agent-removed": (agent) => `${agent} has no spec any more: restore its file, or leave it removed.`,
  "first-deployment": (agent) =>
    `This deployed ${agent} for the first time, so there is no earlier state; to take it back, delete its spec.`,
  "too-long-ago": (agent) =>
    `RAOS does not find the spec of ${agent} that was deployed before among its last changes; change it by hand.`,
};

function existsText(number: number, state: "open" | "closed" | "merged"): string {
  switch (state) {
    case "open":
      return `#${number} asks to take this back already.`;
    case "merged":
      return `#${number} took this back already; it is done once for each pull request.`;
    case "closed":
      return `Somebody closed #${number}, which would take this back; reopen it. It is asked once for each pull request.`;
    default:
      return state satisfies never;
  }
}

function changedText(fields: readonly { readonly file: Path; readonly at: JsonPointer }[]): string {
  const named = fields.map(({ file, at }) => `${code(at, 200)} in ${code(file, 200)}`);
  return `Somebody changed since what this pull request set, so RAOS does not set it back: ${some(named, MOST_FIELDS)}. Nothing was opened; change the spec by hand.`;
}
