/** How a request signs in at a source: with a bearer token, with a user name and a password, or not at all. */
export interface SignIn {
  readonly bearer?: string | undefined;
  readonly basic?: BasicAuth | undefined;
}

export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

/** The header of a sign-in, as RFC 6750 and RFC 7617 (in UTF-8) define it; no header without a credential. */
export function authorizationHeader({ bearer, basic }: SignIn): { readonly authorization?: string } {
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` };
  return basic === undefined ? {} : { authorization: `Basic ${encodedBasic(basic)}` };
}

/** What no text may show of a sign-in, in case a server repeats what it was sent. */
export function secretsOf({ bearer, basic }: SignIn): readonly string[] {
  const secrets = basic === undefined ? [bearer ?? ""] : [encodedBasic(basic), basic.password];
  return secrets.filter((secret) => secret !== "");
}

function encodedBasic({ username, password }: BasicAuth): string {
  return Buffer.from(`${username}:${password}`).toString("base64");
}
