import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import type { Json } from "../domain/scalars.ts";
import { isNamedSecret } from "../domain/secret-shapes.ts";
import { MASK } from "../redaction/mask.ts";
import { maskedOnce } from "../redaction/without-secrets.ts";

/**
 * The text with everything that looks like a secret replaced by `[redacted]`: what `withoutSecrets` finds, and what secretlint's
 * recommended rules know. Run before anything leaves the process or enters a pull request. The number of lines stays, and what
 * was redacted once is not changed again. Linear in the text.
 */
export async function redact(text: string): Promise<string> {
  if (text.length < 6) return text;
  // What stood beside a secret may look like one only once the secret is gone.
  let before = text;
  let clean = await redactedOnce(before);
  for (let round = 1; clean !== before && round < MOST_ROUNDS; round += 1) {
    before = clean;
    clean = await redactedOnce(before);
  }
  return clean;
}

const MOST_ROUNDS = 8;

async function redactedOnce(text: string): Promise<string> {
  return secretlinted(maskedOnce(text));
}

/** Each text redacted, in one go, since a rule costs less once than a thousand times; what spans them is seen too. */
export async function redactAll(texts: readonly string[]): Promise<readonly string[]> {
  return redactJoined(texts, 1);
}

/** Each text redacted, with so many ends of lines between two of them: a line goes on in the next, not in the one after an empty one. */
async function redactJoined(texts: readonly string[], ends: number): Promise<readonly string[]> {
  if (texts.length === 0) return [];
  const lines = (await redact(texts.join("\n".repeat(ends)))).split("\n");
  let next = 0;
  const clean = texts.map((text) => {
    const from = next;
    next += countLines(text) + ends - 1;
    return lines.slice(from, from + countLines(text)).join("\n");
  });
  if (next - ends + 1 !== lines.length) throw new Error("redaction keeps the number of lines");
  return clean;
}

/** The value with every text in it redacted, and whatever stands under a name that says it is secret. */
export async function redactJson(value: Json): Promise<Json> {
  const texts: string[] = [];
  gather(value, texts);
  const clean = await redactJoined(texts, 2);
  let next = 0;
  return rebuilt(value, () => clean[next++] ?? MASK);
}

async function secretlinted(text: string): Promise<string> {
  const { messages } = await lintSource({
    source: { filePath: "log.txt", content: text, contentType: "text" },
    options: { config: CONFIG, noPhysicFilePath: true },
  });
  let clean = text;
  const ranges = messages.map((message) => message.range).sort(([a], [b]) => b - a);
  for (const [start, end] of ranges) {
    const lines = clean.slice(start, end).replace(/[^\n]+/g, MASK);
    clean = `${clean.slice(0, start)}${lines}${clean.slice(end)}`;
  }
  return clean;
}

// It keeps every mark it makes for as long as the process lives.
secretLintProfiler.setEnabled(false);

const CONFIG = { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator }] };

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** The texts of a value in the order in which `rebuilt` asks for them: each name before what stands under it. */
function gather(value: Json, texts: string[]): void {
  if (typeof value === "string") texts.push(value);
  else if (Array.isArray(value)) for (const part of value) gather(part, texts);
  else if (isObject(value)) {
    for (const [key, part] of Object.entries(value)) {
      texts.push(key);
      gather(part, texts);
    }
  }
}

function rebuilt(value: Json, next: () => string, name = ""): Json {
  if (typeof value === "string") {
    const clean = next();
    return isNamedSecret(name, value) ? MASK : clean;
  }
  if (Array.isArray(value)) return value.map((part) => rebuilt(part, next, name));
  if (!isObject(value)) return value;
  const own = typeof value.name === "string" && "value" in value ? value.name : undefined;
  const entries = Object.entries(value).map(([key, part]) => {
    const clean = next();
    return [clean, rebuilt(part, next, key === "value" ? (own ?? key) : key)] as const;
  });
  return Object.fromEntries(entries);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
