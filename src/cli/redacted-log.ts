import { withoutSecrets } from "../redaction/without-secrets.ts";
import type { Log } from "../world.ts";

/** A log that says nothing which looks like a secret: neither its messages nor any text in its fields. */
export function redactedLog(log: Log): Log {
  return {
    debug: (fields, message) => log.debug(cleanFields(fields), withoutSecrets(message)),
    info: (fields, message) => log.info(cleanFields(fields), withoutSecrets(message)),
    warn: (fields, message) => log.warn(cleanFields(fields), withoutSecrets(message)),
    error: (fields, message) => log.error(cleanFields(fields), withoutSecrets(message)),
  };
}

function cleanFields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(value)]));
}

function clean(value: unknown): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (value instanceof Error) return withoutSecrets(value.stack ?? value.message);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, clean(part)]));
}
