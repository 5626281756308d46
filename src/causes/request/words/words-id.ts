import type { AgentKey } from "../../../domain/fleet.ts";
import type { Principal } from "../../../domain/request/principal.ts";
import { requestId } from "../../../request/request-id.ts";

/** The id of a request for a new agent in words, which are read already (`readWords`). Answers are no part of it. */
export function idOfNewAgent(
  from: Principal,
  words: string,
  tenant: string | undefined,
  name: string | undefined,
): string {
  return requestId(from, ["create-in-words", words, tenant ?? "", name ?? ""]);
}

/** The id of a change in words. The same words about another version of the spec (`oid`) are another request. */
export function idOfChange(
  from: Principal,
  words: string,
  agent: AgentKey,
  oid: string | undefined,
  environment: string | undefined,
): string {
  return requestId(from, ["change-in-words", agent, oid ?? "", words, environment ?? ""]);
}
