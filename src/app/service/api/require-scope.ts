import * as z from "zod";
import type { ApiTool } from "../../../api/tool.ts";
import type { Caller } from "../../../identity/caller.ts";
import { API_SCOPES, type ApiScope, holdsScope, scopesToAskFor } from "../../../identity/scopes.ts";
import { type ApiGate, metadataAddress } from "./admission.ts";

/**
 * The answer to a caller whose credential lacks a scope: which scopes to ask the authorization server for, and where that is said.
 * https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export function refuseScope(scope: ApiScope, { scopes: held }: Caller, request: Request, gate: ApiGate): Response {
  const scopes = scopesToAskFor(held, scope).join(" ");
  const message = `the token does not hold ${scope}; ask for one with the scopes ${scopes}`;
  const body = { error: "insufficient_scope", reason: "insufficient-scope", error_description: message, scope: scopes };
  const challenge = `Bearer error="insufficient_scope", scope="${scopes}", resource_metadata="${metadataAddress(request, gate)}"`;
  return Response.json(body, { status: 403, headers: { "www-authenticate": challenge } });
}

/** Whether a credential holds every scope, so that no request has to be looked at for them. */
export function holdsAll({ scopes }: Caller): boolean {
  return API_SCOPES.every((scope) => holdsScope(scopes, scope));
}

const Call = z.object({ method: z.literal("tools/call"), params: z.object({ name: z.string() }) });

/**
 * The scope that a caller lacks for a request of MCP: of the tools that its body calls, one message or several. Undefined: none, or the
 * body is no such call, which the protocol's handler says.
 */
export function lackedByBody(body: string, { scopes }: Caller, tools: readonly ApiTool[]): ApiScope | undefined {
  const messages = [parsed(body)].flat();
  const names = messages.flatMap((message) => Call.safeParse(message).data?.params.name ?? []);
  const called = names.flatMap((name) => tools.find((tool) => tool.name === name) ?? []);
  return called.find(({ scope }) => !holdsScope(scopes, scope))?.scope;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
