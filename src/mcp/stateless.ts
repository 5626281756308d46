import { type AuthInfo, createMcpHandler, type McpServer } from "@modelcontextprotocol/server";
import type { Warn } from "../domain/warn.ts";
import { type Caller, callerId } from "../identity/caller.ts";

/** Answers requests of the Model Context Protocol for a caller who is proven already. */
export type McpHandler = (request: Request, caller: Caller) => Promise<Response>;

/**
 * A handler without sessions: every request is answered by a server of its own, which `build` makes for its caller, in the protocol of
 * 2026-07-28 as in those since 2024-11-05.
 */
export function createStatelessHandler(build: (caller: Caller) => McpServer, warn: Warn): McpHandler {
  const callers = new WeakMap<AuthInfo, Caller>();
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const caller = authInfo === undefined ? undefined : callers.get(authInfo);
      if (caller === undefined) throw new Error("a request without a caller");
      return build(caller);
    },
    { onerror: (error) => warn({ error: error.message.slice(0, 200) }, "an MCP request failed") },
  );
  return (request, caller) => {
    // The id is what signed state is bound to; it does not leave.
    const authInfo: AuthInfo = { token: "", clientId: callerId(caller), scopes: [] };
    callers.set(authInfo, caller);
    return handler.fetch(request, { authInfo });
  };
}
