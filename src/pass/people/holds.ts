import type { AgentKey } from "../../domain/fleet.ts";
import { heldAgent } from "../../domain/review/hold.ts";
import type { Pass } from "../pass.ts";
import type { Step } from "../step.ts";
import { readIssues } from "./read-issues.ts";

/**
 * The step, or in its place a skipped one where a person holds one of its agents and it would open or merge a pull request. Issues are
 * read only for such a step; where they cannot be read completely, nothing is merged. What is only planned (`raos plan`) is shown.
 */
export async function withoutHeld(pass: Pass, step: Step): Promise<Step> {
  const { kind } = step.decision;
  if ((kind !== "open" && kind !== "merge") || step.cause.kind === "onboarding" || pass.isUnlimited) return step;
  const pull = "pull" in step.decision ? step.decision.pull : undefined;
  const read = await readIssues(pass);
  const held = new Set(
    (read?.issues ?? []).flatMap(({ key, state }) => (state === "open" ? (heldAgent(key) ?? []) : [])),
  );
  if (agentsOf(step).some((agent) => held.has(agent)))
    return { ...step, decision: { kind: "skip", reason: "held", pull } };
  const isUnknown = read === undefined || !read.complete;
  return isUnknown && kind === "merge"
    ? { ...step, decision: { kind: "skip", reason: "incomplete-read", pull } }
    : step;
}

function agentsOf({ agents, changes }: Step): readonly AgentKey[] {
  return [...agents, ...(changes?.agents ?? [])];
}
