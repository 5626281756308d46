import * as z from "zod";

/** What a caller may do: look, or ask for a change. A request for a change is only ever a pull request. */
export type ApiScope = "raos:read" | "raos:write";

/** Every scope, as metadata of the APIs lists them. */
export const API_SCOPES: readonly ApiScope[] = ["raos:read", "raos:write"];

/**
 * What a credential lets its bearer do. "unscoped": it says nothing of it, so that rights and grants alone decide; "scoped": these, and
 * within them rights and grants decide as ever.
 */
export type HeldScopes =
  | { readonly kind: "unscoped" }
  | { readonly kind: "scoped"; readonly scopes: readonly ApiScope[] };

export const UNSCOPED: HeldScopes = { kind: "unscoped" };

/** Whether a credential lets its bearer do something. */
export function holdsScope(held: HeldScopes, scope: ApiScope): boolean {
  return held.kind === "unscoped" || held.scopes.includes(scope);
}

/** The scopes to ask for, for one who lacks `scope`: those held already are kept (RFC 6750, section 3.1). */
export function scopesToAskFor(held: HeldScopes, scope: ApiScope): readonly ApiScope[] {
  return API_SCOPES.filter((one) => one === scope || (held.kind === "scoped" && held.scopes.includes(one)));
}

/** RFC 8693, section 4.2: one text; `scp` is a list at some issuers. */
const Claim = z.union([z.string().transform((text) => text.split(" ")), z.array(z.string())]);

/**
 * The scopes of a signed token: of its claim `scope`, or `scp`, what both name where it has both. A claim that is there and names none
 * of RAOS's scopes, or has another shape, holds none.
 */
export function scopesOfClaims({ scope, scp }: Readonly<Record<string, unknown>>): HeldScopes {
  const claims = [scope, scp].filter((claim) => claim !== undefined).map((claim) => Claim.safeParse(claim).data ?? []);
  if (claims.length === 0) return UNSCOPED;
  return { kind: "scoped", scopes: API_SCOPES.filter((one) => claims.every((named) => named.includes(one))) };
}

/** The scopes of GitHub with which a token may write to a repository. */
const WRITING = ["repo", "public_repo"];

/**
 * The scopes of a token of GitHub, from the header `X-OAuth-Scopes` of an answer to it. Only tokens of people and of OAuth apps have
 * scopes; those of GitHub Apps, and fine-grained ones, have permissions, which an answer does not tell.
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export function scopesOfGitHub(token: string, header: string | null): HeldScopes {
  if (!/^gh[op]_/.test(token)) return UNSCOPED;
  const named = (header ?? "").split(",").map((one) => one.trim());
  return { kind: "scoped", scopes: named.some((one) => WRITING.includes(one)) ? API_SCOPES : ["raos:read"] };
}
