import * as z from "zod";

/** Who signs the tokens of an environment's agents, and where its public keys are. */
export interface Issuer {
  readonly environment: string;
  /** The claim `iss` of its tokens. */
  readonly issuer: string;
  /** Where its JSON Web Key Set is: a file, which is read again when it changes, or an https URL. */
  readonly keys: { readonly kind: "file"; readonly path: string } | { readonly kind: "url"; readonly url: string };
  readonly kind: "kubernetes" | "spiffe";
}

const MOST_ISSUERS = 64;
const Text = z.string().min(1).max(512);

const Shape = z
  .array(
    z
      .strictObject({
        environment: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
        issuer: Text,
        jwksFile: Text.optional(),
        jwksUrl: Text.optional(),
        kind: z.enum(["kubernetes", "spiffe"]).default("kubernetes"),
      })
      .refine(({ jwksFile, jwksUrl }) => (jwksFile === undefined) !== (jwksUrl === undefined)),
  )
  .max(MOST_ISSUERS);

/**
 * Reads `AGENT_ISSUERS`: a JSON list of `{environment, issuer, jwksFile | jwksUrl, kind}`, one for each cluster. Keys come by https, or
 * from this machine. Two environments may not share an issuer: then nobody could tell whose agent asks.
 */
export function readIssuers(text: string): { readonly issuers: readonly Issuer[] } | { readonly wrong: string } {
  if (text.trim() === "") return { issuers: [] };
  const parsed = parsedIssuers(text);
  if (parsed === undefined)
    return {
      wrong:
        'write a JSON list such as [{"environment": "production", "issuer": "https://kubernetes.default.svc", "jwksFile": "/etc/raos/jwks/production.json"}]; each entry has jwksFile or jwksUrl',
    };
  const issuers: Issuer[] = [];
  for (const { environment, issuer, jwksFile, jwksUrl = "", kind } of parsed) {
    if (issuers.some((one) => one.issuer === issuer))
      return { wrong: `the issuer ${issuer} is named twice; give each cluster an issuer of its own` };
    if (jwksFile === undefined && !isSafeUrl(jwksUrl))
      return { wrong: `jwksUrl of ${environment} must be an https address` };
    const keys =
      jwksFile === undefined ? ({ kind: "url", url: jwksUrl } as const) : ({ kind: "file", path: jwksFile } as const);
    issuers.push({ environment, issuer, keys, kind });
  }
  return { issuers };
}

function parsedIssuers(text: string): z.infer<typeof Shape> | undefined {
  try {
    return Shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Keys that come over plain http could be anybody's, but for those of this machine. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  if (username !== "") return false;
  return protocol === "https:" || (protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname));
}
