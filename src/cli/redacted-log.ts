import { cutShort } from "../redaction/cut.ts";
import { withoutSecrets } from "../redaction/without-secrets.ts";
import type { Log } from "../world.ts";

/**
 * A log that says nothing which looks like a secret: neither its messages nor any text in its fields. A text longer than
 * `LONGEST` is cut short.
 */
export function redactedLog(log: Log): Log {
  return {
    debug: (fields, message) => log.debug(cleanFields(fields), cleanText(message)),
    info: (fields, message) => log.info(cleanFields(fields), cleanText(message)),
    warn: (fields, message) => log.warn(cleanFields(fields), cleanText(message)),
    error: (fields, message) => log.error(cleanFields(fields), cleanText(message)),
  };
}

/** Most characters of a text that are logged: it is searched in one go, while nobody else has a turn. */
const LONGEST = 16_384;

function cleanText(text: string): string {
  return withoutSecrets(cutShort(text, LONGEST));
}

function cleanFields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(value)]));
}

function clean(value: unknown): unknown {
  if (typeof value === "string") return cleanText(value);
  if (value instanceof Error) return cleanText(value.stack ?? value.message);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, clean(part)]));
}
