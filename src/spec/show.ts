import { literalSecret } from "../domain/literal-secrets.ts";
import { withoutSecrets } from "../redaction/without-secrets.ts";

const INVISIBLE = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Characters that are searched: a secret that begins among those that are shown is known by then. */
const SEARCHED = 1024;

/** A value of a spec as a message shows it: JSON on one line, at most 60 characters, nothing invisible and no secret in it. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  if (typeof value !== "string") return String(value);
  if (literalSecret(value, "program") !== undefined) return "a text that looks like a secret";
  const searched = value.slice(0, SEARCHED);
  const clean = withoutSecrets(searched);
  // Half a secret at the end may have come to the front.
  if (clean !== searched && value.length > SEARCHED) return "a text that looks like a secret";
  const short = clean.length > 60 ? `${clean.slice(0, 57).replace(/[\ud800-\udbff]$/, "")}...` : clean;
  return JSON.stringify(short).replace(
    INVISIBLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
