import { branchFor, causeOf } from "../branch-name.ts";
import type { Cause } from "../cause.ts";
import type { AgentKey } from "../fleet.ts";
import { isAgentKey } from "../review/hold.ts";

/** No request has such an id: ids are digits and letters. */
const PREFIX = "refused:";

/** The cause of the issue about what an agent is refused; it has no pull request. */
export function refusedAgentCause(agent: AgentKey): Extract<Cause, { readonly kind: "request" }> {
  return { kind: "request", id: `${PREFIX}${agent}` };
}

/** The key of that issue. */
export function refusedAgentKey(agent: AgentKey): string {
  return branchFor(refusedAgentCause(agent));
}

/** The agent that an issue with this key is about; undefined where it is about something else. */
export function refusedAgentOf(key: string): AgentKey | undefined {
  const cause = causeOf(key);
  const agent = cause?.kind === "request" && cause.id.startsWith(PREFIX) ? cause.id.slice(PREFIX.length) : "";
  return isAgentKey(agent) ? agent : undefined;
}
