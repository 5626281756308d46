import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import { inSlices, rest } from "../deadline/slices.ts";
import type { Json } from "../domain/scalars.ts";
import { isNamedSecret, type TextRange } from "../domain/secret-shapes.ts";
import type { Work } from "../domain/work.ts";
import { MASK } from "../redaction/mask.ts";
import {
  maskedWithin,
  partsOf,
  SIZES,
  type Window,
  type WindowSizes,
  windowAt,
  withoutLongLines,
} from "../redaction/windows.ts";
import { secretsOf } from "../redaction/without-secrets.ts";

/**
 * The text with everything that looks like a secret replaced by `[redacted]`: what `withoutSecrets` finds, and what secretlint's
 * recommended rules know. Run before anything leaves the process or enters a pull request. The number of lines stays, and what
 * was redacted once is not changed again. Of a line longer than `LONGEST_LINE` the rest is left out. Linear in the text, which
 * is searched window by window and lets others have their turn.
 */
export async function redact(text: string, sizes: WindowSizes = SIZES): Promise<string> {
  if (text.length < 6) return text;
  const searches = [inWindows((part) => inSlices(secretsOf(part)), sizes), inWindows(linted, sizes)];
  let clean = partsOf(withoutLongLines(text), sizes.own);
  // What stood beside a secret may look like one only once the secret is gone.
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = clean;
    for (const search of searches) clean = await search(clean);
    if (clean.every((part, index) => part === before[index])) break;
  }
  return clean.join("");
}

const MOST_ROUNDS = 8;

/** Masks what a search finds, part by part. A part is searched again only where it or what stands around it has changed. */
function inWindows(
  search: (text: string) => Promise<readonly TextRange[]>,
  sizes: WindowSizes,
): (parts: readonly string[]) => Promise<readonly string[]> {
  const known: { window: Window; clean: string }[] = [];
  return async (parts) => {
    const clean: string[] = [];
    for (const index of parts.keys()) {
      await rest();
      const window = windowAt(parts, index, sizes.around);
      const last = known[index];
      const own =
        last?.window.text === window.text && last.window.start === window.start
          ? last.clean
          : maskedWithin(window, await search(window.text));
      known[index] = { window, clean: own };
      clean.push(own);
    }
    return clean;
  };
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
  const clean: string[] = [];
  for (const text of texts) {
    if (clean.length % 1024 === 0) await rest();
    const count = countLines(text);
    clean.push(lines.slice(next, next + count).join("\n"));
    next += count + ends - 1;
  }
  if (next - ends + 1 !== lines.length) throw new Error("redaction keeps the number of lines");
  return clean;
}

/** The value with every text in it redacted, and whatever stands under a name that says it is secret. */
export async function redactJson(value: Json): Promise<Json> {
  const texts: string[] = [];
  gather(value, texts);
  const clean = await redactJoined(texts, 2);
  let next = 0;
  return inSlices(rebuilt(value, () => clean[next++] ?? MASK));
}

/** What secretlint's rules find. */
async function linted(text: string): Promise<readonly TextRange[]> {
  const { messages } = await lintSource({
    source: { filePath: "log.txt", content: text, contentType: "text" },
    options: { config: CONFIG, noPhysicFilePath: true },
  });
  return messages.map(({ range: [start, end] }) => ({ start, end }));
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

function* rebuilt(value: Json, next: () => string, name = ""): Work<Json> {
  if (typeof value === "string") {
    const clean = next();
    return isNamedSecret(name, value) ? MASK : clean;
  }
  if (typeof value !== "object" || value === null) return value;
  yield;
  if (!isObject(value)) {
    const parts: Json[] = [];
    for (const part of value) parts.push(yield* rebuilt(part, next, name));
    return parts;
  }
  const own = typeof value.name === "string" && "value" in value ? value.name : undefined;
  const entries: (readonly [string, Json])[] = [];
  for (const [key, part] of Object.entries(value)) {
    const clean = next();
    entries.push([clean, yield* rebuilt(part, next, key === "value" ? (own ?? key) : key)]);
  }
  return Object.fromEntries(entries);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
