import {
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  originValidationResponse,
} from "@modelcontextprotocol/server";
import { refuseStranger } from "../../../api/access/refuse-stranger.ts";
import type { ApiRepositories } from "../../../api/context.ts";
import type { Caller, IdentityRefusal } from "../../../identity/caller.ts";
import { identify, type Proofs } from "../../../identity/identify.ts";

/** What lets callers in. */
export interface ApiGate {
  readonly proofs: Proofs;
  readonly repositories: ApiRepositories;
  /** The public address; undefined: only this machine may ask. */
  readonly url: URL | undefined;
  /** The path that the credential is for, such as `/mcp`. */
  readonly path: string;
}

/** A caller who is let in, or the answer to one who is not. */
export type GateResult =
  | { readonly kind: "caller"; readonly caller: Caller }
  | { readonly kind: "answer"; readonly response: Response };

/**
 * Lets a request in: its host and origin are allowed (a page of another site that a browser shows cannot ask, by DNS rebinding or
 * otherwise), its token proves who asks, and an agent is still there. Every refusal has a name, and says where the token's rules are
 * (RFC 9728, section 5.1).
 */
export async function letIn(request: Request, gate: ApiGate): Promise<GateResult> {
  const forbidden = refuseHost(request, gate.url);
  if (forbidden !== undefined) return { kind: "answer", response: forbidden };
  const caller = await identify(request.headers.get("authorization"), gate.proofs);
  if (caller.kind === "refused") return { kind: "answer", response: challenge(caller, request, gate) };
  const unknown = await refuseStranger(caller, gate.repositories);
  return unknown === undefined
    ? { kind: "caller", caller }
    : { kind: "answer", response: challenge(unknown, request, gate) };
}

/** A 403 for a host or an origin that is not allowed. */
export function refuseHost(request: Request, url: URL | undefined): Response | undefined {
  const names = [...localhostAllowedHostnames(), ...(url === undefined ? [] : [url.hostname])];
  return hostHeaderValidationResponse(request, names) ?? originValidationResponse(request, names);
}

/** Scheme, host and port under which the API was asked; a host that was not checked is none. */
export function addressOfRequest(request: Request, url: URL | undefined): string {
  return url?.origin ?? `http://${request.headers.get("host") ?? "localhost"}`;
}

/** The metadata of a protected resource lies at a path of its own. https://www.rfc-editor.org/rfc/rfc9728#section-3.1 */
export function metadataPath(path: string): string {
  return `/.well-known/oauth-protected-resource${path}`;
}

/** Where a client learns which credentials an API takes. */
export function metadataAddress(request: Request, { url, path }: ApiGate): string {
  return `${addressOfRequest(request, url)}${metadataPath(path)}`;
}

function challenge({ status, reason, message }: IdentityRefusal, request: Request, gate: ApiGate): Response {
  const address = metadataAddress(request, gate);
  // An agent that is gone gains nothing by a wider token: clients ask for one where the scope is said to be insufficient.
  const error = "invalid_token";
  const said = reason === "no-token" ? "" : ` error="${error}", error_description="${reason}: ${quotable(message)}",`;
  const headers = {
    "content-type": "application/json",
    ...(status === 503
      ? { "retry-after": "5" }
      : { "www-authenticate": `Bearer${said} resource_metadata="${address}"` }),
  };
  return new Response(JSON.stringify({ error, reason, error_description: message }), { status, headers });
}

/** A quoted string of HTTP holds neither quotes nor what is no printable ASCII. */
function quotable(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, "");
}
