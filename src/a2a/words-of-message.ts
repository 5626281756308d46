import { isAgentKey } from "../domain/review/hold.ts";
import type { AskedByMessage } from "./read-message.ts";

/**
 * The call that a message's text asks for in words: `create …`, or `change tenant/name …`, as commands in comments have it. Undefined:
 * it is neither.
 */
export function callInWords(text: string): AskedByMessage["call"] {
  const [, verb = "", rest = ""] = /^\s*(?:\/raos\s+)?(create|change)\s+(\S[\s\S]*)$/i.exec(text) ?? [];
  if (verb.toLowerCase() === "create") return { tool: "create_agent", args: { words: rest } };
  const [, agent = "", words = ""] = /^(\S+)\s+(\S[\s\S]*)$/.exec(rest) ?? [];
  return verb !== "" && isAgentKey(agent) ? { tool: "propose_edit", args: { agent, words } } : undefined;
}
