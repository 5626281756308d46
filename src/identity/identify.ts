import type { TokenOwner } from "./api-tokens.ts";
import { type Caller, type IdentityRefusal, refuseCaller } from "./caller.ts";
import { isGitHubToken } from "./github-people.ts";
import { UNSCOPED } from "./scopes.ts";
import { type TrustedIssuer, verifyWorkloadToken } from "./verify-token.ts";

/** Characters of a token: ServiceAccount tokens have about 1,000. */
const LONGEST_TOKEN = 8192;

/** The ways in which somebody may prove who they are. */
export interface Proofs {
  readonly tokens: TokenOwner;
  readonly issuers: readonly TrustedIssuer[];
  /** Asks the forge whose a token is; undefined: tokens of the forge are not accepted. */
  readonly people: ((token: string) => Promise<Caller | IdentityRefusal>) | undefined;
  readonly now: () => number;
}

/** Who sends a request, from its `Authorization` header alone: what a message says about its sender is never believed. Never throws. */
export async function identify(header: string | null | undefined, proofs: Proofs): Promise<Caller | IdentityRefusal> {
  const [, token = ""] = /^Bearer ([^\s]+)$/i.exec((header ?? "").slice(0, LONGEST_TOKEN + 16)) ?? [];
  if (token === "") return refuseCaller("no-token", "send Authorization: Bearer with a token");
  if (token.length > LONGEST_TOKEN) return refuseCaller("unreadable-token", "the token is too long");
  const principal = proofs.tokens(token);
  if (principal !== undefined) return { kind: "principal", principal, trusted: true, scopes: UNSCOPED };
  if (proofs.people !== undefined && isGitHubToken(token)) return proofs.people(token);
  if (token.split(".").length === 3) return verifyWorkloadToken(token, proofs.issuers, proofs.now());
  return refuseCaller("unknown-token", "the token is not known");
}
