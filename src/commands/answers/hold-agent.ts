import type { AgentKey } from "../../domain/fleet.ts";
import type { ThreadComment } from "../../domain/review/command.ts";
import { holdKey } from "../../domain/review/hold.ts";
import { readDefaultBranch } from "../../pass/read-commit.ts";
import type { World } from "../../pass/world.ts";
import { holdIssue, resumedSentence } from "../../pr/command/hold-issue.ts";
import { code } from "../../pr/markdown.ts";
import { subjectOfCommand, WHICH_AGENT } from "./subject-agent.ts";

/** Holds the agent that a comment is about. Returns the answer. Throws GitError or ForgeError. */
export async function holdAgent(world: World, comment: ThreadComment, rest: string): Promise<string> {
  const subject = await subjectOfCommand(world, comment, rest);
  if (subject === undefined) return WHICH_AGENT;
  if (!(await isAgent(world, subject.agent))) return `There is no agent ${code(subject.agent, 128)}.`;
  const issue = await world.forge.openIssue(holdIssue(subject.agent, comment.author, subject.rest));
  return `${code(subject.agent, 128)} is held while #${issue.number} is open.`;
}

/** Ends the hold of the agent that a comment is about. Returns the answer. Throws ForgeError. */
export async function resumeAgent(world: World, comment: ThreadComment, rest: string): Promise<string> {
  const subject = await subjectOfCommand(world, comment, rest);
  if (subject === undefined) return WHICH_AGENT;
  const isEnded = await endHold(world, subject.agent, comment.author);
  return isEnded ? `${code(subject.agent, 128)} is held no more.` : `${code(subject.agent, 128)} is not held.`;
}

/** Closes the issue that holds an agent; returns whether there was one. Throws ForgeError. */
export async function endHold({ forge }: Pick<World, "forge">, agent: AgentKey, by: string): Promise<boolean> {
  const { issues } = await forge.issues();
  const held = issues.filter(({ key, state }) => key === holdKey(agent) && state === "open");
  for (const issue of held) await forge.closeIssue(issue, resumedSentence(by));
  return held.length > 0;
}

async function isAgent(world: World, agent: AgentKey): Promise<boolean> {
  const read = await readDefaultBranch(world);
  return read.kind === "read" && read.survey.pathOf(agent) !== undefined;
}
