import { causeOf } from "../../domain/branch-name.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { ThreadComment } from "../../domain/review/command.ts";
import { heldAgent, isAgentKey } from "../../domain/review/hold.ts";
import type { World } from "../../pass/world.ts";

/** The agent that a command is about, and the words behind it. */
export interface CommandSubject {
  readonly agent: AgentKey;
  readonly rest: string;
}

/**
 * The agent that the command names first; else the one of the pull request or issue that it is written on; undefined where neither
 * says. Throws ForgeError.
 */
export async function subjectOfCommand(
  world: World,
  { number }: ThreadComment,
  rest: string,
): Promise<CommandSubject | undefined> {
  const [first = "", ...others] = rest.split(" ");
  if (isAgentKey(first)) return { agent: first, rest: others.join(" ") };
  const pull = await world.forge.pull(number);
  const issue = pull === undefined ? await issueOf(world, number) : undefined;
  const agent = agentOf(pull?.branch ?? issue ?? "");
  return agent === undefined ? undefined : { agent, rest };
}

async function issueOf(world: World, number: number): Promise<string | undefined> {
  const { issues } = await world.forge.issues();
  return issues.find((issue) => issue.number === number)?.key;
}

/** The agent in the name of a branch, or in the key of an issue. */
function agentOf(name: string): AgentKey | undefined {
  const cause = causeOf(name);
  const named = cause?.kind === "drift" && cause.scope.kind === "agent" ? cause.scope.agent : undefined;
  const found = named ?? (cause !== undefined && "agent" in cause ? cause.agent : heldAgent(name));
  return found !== undefined && isAgentKey(found) ? found : undefined;
}

/** What is answered where it is not known which agent is meant. */
export const WHICH_AGENT = "Which agent? Write it behind the command, as `tenant/name`.";
