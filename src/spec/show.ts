import { literalSecret } from "../domain/literal-secrets.ts";

const INVISIBLE = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A value of a spec as a message shows it: JSON on one line, at most 60 characters, nothing invisible and no secret in it. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  if (typeof value !== "string") return String(value);
  if (literalSecret(value, "program") !== undefined) return "a text that looks like a secret";
  const short = value.length > 60 ? `${value.slice(0, 57).replace(/[\ud800-\udbff]$/, "")}...` : value;
  return JSON.stringify(short).replace(
    INVISIBLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
