import type { AgentKey } from "../fleet.ts";

/** The keys of issues that hold an agent start with this; no cause has such a branch. */
const PREFIX = "raos/hold/";
/** An agent's key as files and objects of Kubernetes allow it. */
const AGENT = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a text that somebody wrote is an agent's key, `tenant/name`. */
export function isAgentKey(text: string): boolean {
  return AGENT.test(text);
}

/** The key of the issue that holds an agent while it is open. */
export function holdKey(agent: AgentKey): string {
  return `${PREFIX}${agent}`;
}

/** The agent that an issue of this key holds; undefined where it holds none. */
export function heldAgent(key: string): AgentKey | undefined {
  const agent = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : "";
  return isAgentKey(agent) ? agent : undefined;
}
