import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import { inSlices, yieldToOthers } from "../deadline/slices.ts";
import { isNamedSecret, type TextRange } from "../domain/secrets/secret-shapes.ts";
import type { Json } from "../domain/values/scalars.ts";
import type { Work } from "../domain/work.ts";
import { MASK } from "../redaction/mask.ts";
import { findSecrets } from "../redaction/redact-secrets.ts";
import {
  divideIntoParts,
  maskWindow,
  SIZES,
  type TextWindow,
  type WindowSizes,
  windowAt,
  withoutLongLines,
} from "../redaction/text/windows.ts";

/**
 * The text with everything that looks like a secret replaced by `[redacted]`: what `findSecrets` and secretlint's recommended
 * rules find. Used before a text leaves the process or enters a pull request. The number of lines stays the same; redacting the
 * result again changes nothing. Lines are cut after `LONGEST_LINE`. The text is searched window by window, in time
 * proportional to its length; other work runs in between.
 */
export async function redact(text: string, sizes: WindowSizes = SIZES): Promise<string> {
  if (text.length < 6) return text;
  const searches = [maskInWindows((part) => inSlices(findSecrets(part)), sizes), maskInWindows(findByLint, sizes)];
  let clean = divideIntoParts(withoutLongLines(text), sizes.own);
  // A secret beside another one may be recognised only after the other one was replaced.
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = clean;
    for (const search of searches) clean = await search(clean);
    if (clean.every((part, index) => part === before[index])) break;
  }
  return clean.join("");
}

const MOST_ROUNDS = 8;

/** Masks what a search finds, part by part. A part is searched again only where it or the text around it has changed. */
function maskInWindows(
  search: (text: string) => Promise<readonly TextRange[]>,
  sizes: WindowSizes,
): (parts: readonly string[]) => Promise<readonly string[]> {
  const known: { window: TextWindow; clean: string }[] = [];
  return async (parts) => {
    const clean: string[] = [];
    for (const index of parts.keys()) {
      await yieldToOthers();
      const window = windowAt(parts, index, sizes.around);
      const last = known[index];
      const own =
        last?.window.text === window.text && last.window.start === window.start
          ? last.clean
          : maskWindow(window, await search(window.text));
      known[index] = { window, clean: own };
      clean.push(own);
    }
    return clean;
  };
}

/** Redacts texts as one joined text: one search costs less than a thousand, and finds secrets that span two texts. */
export async function redactAll(texts: readonly string[]): Promise<readonly string[]> {
  return redactJoined(texts, 1);
}

/** Redacts texts with `ends` line ends between them. With two, an empty line separates them, and no secret spans two texts. */
async function redactJoined(texts: readonly string[], ends: number): Promise<readonly string[]> {
  if (texts.length === 0) return [];
  const lines = (await redact(texts.join("\n".repeat(ends)))).split("\n");
  let next = 0;
  const clean: string[] = [];
  for (const text of texts) {
    if (clean.length % 1024 === 0) await yieldToOthers();
    const count = countLines(text);
    clean.push(lines.slice(next, next + count).join("\n"));
    next += count + ends - 1;
  }
  if (next - ends + 1 !== lines.length) throw new Error("redaction keeps the number of lines");
  return clean;
}

/** The value with every text in it redacted, and the values of keys that name a secret masked. */
export async function redactJson(value: Json): Promise<Json> {
  const texts: string[] = [];
  gather(value, texts);
  const clean = await redactJoined(texts, 2);
  let next = 0;
  return inSlices(rebuilt(value, () => clean[next++] ?? MASK));
}

/** The ranges that secretlint's rules find. */
async function findByLint(text: string): Promise<readonly TextRange[]> {
  const { messages } = await lintSource({
    source: { filePath: "log.txt", content: text, contentType: "text" },
    options: { config: CONFIG, noPhysicFilePath: true },
  });
  return messages.map(({ range: [start, end] }) => ({ start, end }));
}

// The profiler would keep an entry for each run of a rule until the process ends.
secretLintProfiler.setEnabled(false);

const CONFIG = { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator }] };

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** Collects the texts of a value in the order in which `rebuilt` needs them: each key before its value. */
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
