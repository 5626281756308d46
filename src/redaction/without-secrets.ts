import { shapesIn, type TextRange } from "../domain/secret-shapes.ts";
import { finished, type Work } from "../domain/work.ts";
import { addressSecrets } from "./address-secrets.ts";
import { base64Views } from "./base64.ts";
import { byteViews } from "./byte-lists.ts";
import { unescapedViews } from "./escapes.ts";
import { inSource, type Masked, masked, united } from "./mask.ts";
import { namedSecrets } from "./named-secrets.ts";
import { privateKeys } from "./private-keys.ts";
import { randomRuns } from "./random-runs.ts";
import { wrappedViews } from "./wrapped-lines.ts";

type Detectors = ReadonlyArray<(text: string) => readonly TextRange[]>;

/** Each reads what the one before left: what is masked is no secret's neighbour any more. */
const DETECTORS: Detectors = [privateKeys, ...addressSecrets, shapesIn, namedSecrets, randomRuns];
/** What is a secret by its looks, whatever stands around it. */
const BY_LOOKS: Detectors = [privateKeys, ...addressSecrets.slice(0, 2), shapesIn];
/** How deep encodings are followed that lie within each other, such as base64 in a URL in JSON. */
const DEPTH = 3;
/** What stood beside a secret may look like one only once the secret is gone. */
const MOST_ROUNDS = 8;

/**
 * The text with everything that looks like a secret replaced by `[redacted]`: private keys, shapes that are known, values under
 * names that say what they are, credentials in URLs and headers, long random runs and e-mail addresses; as they are, in
 * percent-encoding and other escapes, in base64, as lists of bytes, and wrapped over lines. The number of lines stays, and what
 * was redacted once is not changed again. Linear in the text.
 */
export function withoutSecrets(text: string): string {
  return untilSettled(text, (before) => maskedOnce(before));
}

/**
 * As `withoutSecrets`, for text of our own that speaks of passwords and tokens: only what is a secret by its looks, such as keys
 * of known shapes and credentials in URLs.
 */
export function withoutKnownSecrets(text: string): string {
  return untilSettled(text, (before) => maskedOnce(before, BY_LOOKS));
}

/** Where a text holds secrets, in order, searched step by step. */
export function secretsOf(text: string): Work<readonly TextRange[]> {
  return secretsIn(text, DEPTH, DETECTORS);
}

function maskedOnce(text: string, detectors: Detectors = DETECTORS): string {
  if (text.length < 6) return text;
  const found = finished(secretsIn(text, DEPTH, detectors));
  return found.length === 0 ? text : masked(text, found).text;
}

function untilSettled(text: string, round: (text: string) => string): string {
  let before = text;
  let clean = round(before);
  for (let rounds = 1; clean !== before && rounds < MOST_ROUNDS; rounds += 1) {
    before = clean;
    clean = round(before);
  }
  return clean;
}

function* secretsIn(text: string, depth: number, detectors: Detectors): Work<readonly TextRange[]> {
  const direct = yield* directly(text, detectors);
  if (depth === 0) return direct;
  const hidden: TextRange[] = [];
  for (const views of [unescapedViews(text), base64Views(text), byteViews(text), wrappedViews(text, direct)]) {
    for (const view of views) {
      const within = view.hasNames ? detectors : detectors.filter((detect) => detect !== namedSecrets);
      const found = yield* secretsIn(view.text, depth - 1, within);
      for (const range of view.back(found)) hidden.push(range);
    }
    yield;
  }
  return hidden.length === 0 ? direct : united([...direct, ...hidden]);
}

function* directly(text: string, detectors: Detectors): Work<readonly TextRange[]> {
  let found: readonly TextRange[] = [];
  let present: Masked = { text, masks: [] };
  for (const detect of detectors) {
    yield;
    const more = detect(present.text);
    if (more.length === 0) continue;
    found = united([...found, ...inSource(more, present)]);
    present = masked(text, found);
  }
  return found;
}
