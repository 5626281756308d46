/** What a registry says about how it wants to be asked, in `WWW-Authenticate`. */
export type Challenge =
  | { readonly kind: "bearer"; readonly realm: string; readonly service: string | undefined }
  | { readonly kind: "basic" }
  | { readonly kind: "unknown" };

/** Longest header that is read. */
const LONGEST = 4096;

/** Reads `WWW-Authenticate` as RFC 9110 and the token specification of distribution write it. The scope is not read: RAOS asks for its own. */
export function readChallenge(header: string | null): Challenge {
  const text = (header ?? "").slice(0, LONGEST);
  if (/^basic\b/i.test(text)) return { kind: "basic" };
  if (!/^bearer\s/i.test(text)) return { kind: "unknown" };
  const values = new Map(
    [...text.matchAll(/\b(realm|service)="([^"\\]{0,2048})"/gi)].map(([, key = "", value = ""]) => [
      key.toLowerCase(),
      value,
    ]),
  );
  const realm = values.get("realm");
  return realm === undefined ? { kind: "unknown" } : { kind: "bearer", realm, service: values.get("service") };
}
