import type { Log } from "../pass/world.ts";
import { redactSecrets } from "../redaction/redact-secrets.ts";
import { truncateBetweenWords } from "../redaction/text/truncate.ts";

/**
 * A log that masks secrets in its messages and in every text of its fields. It cuts texts that are longer than `LONGEST`.
 */
export function redactedLog(log: Log): Log {
  return {
    debug: (fields, message) => log.debug(cleanFields(fields), cleanText(message)),
    info: (fields, message) => log.info(cleanFields(fields), cleanText(message)),
    warn: (fields, message) => log.warn(cleanFields(fields), cleanText(message)),
    error: (fields, message) => log.error(cleanFields(fields), cleanText(message)),
  };
}

/** Most characters of a text that are logged: redacting it blocks the event loop. */
const LONGEST = 16_384;

function cleanText(text: string): string {
  return redactSecrets(truncateBetweenWords(text, LONGEST));
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
