import { literalSecret } from "../../domain/secrets/literal-secrets.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";

const INVISIBLE = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** How many characters are searched: enough for a whole secret that begins in the shown part. */
const SEARCHED = 1024;

/** A value of a spec as a message shows it: JSON on one line, at most 60 characters, nothing invisible and no secret in it. */
export function displayValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  if (typeof value !== "string") return String(value);
  if (literalSecret(value, "program") !== undefined) return "a text that looks like a secret";
  const searched = value.slice(0, SEARCHED);
  const clean = redactSecrets(searched);
  // After masking, a half secret from the end of the searched part may be in the shown part.
  if (clean !== searched && value.length > SEARCHED) return "a text that looks like a secret";
  const short = clean.length > 60 ? `${clean.slice(0, 57).replace(/[\ud800-\udbff]$/, "")}...` : clean;
  return JSON.stringify(short).replace(
    INVISIBLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
