import { shapesIn, type TextRange } from "../domain/secrets/secret-shapes.ts";
import { finished, type Work } from "../domain/work.ts";
import { addressSecrets } from "./address-secrets.ts";
import { base64Views } from "./base64.ts";
import { byteViews } from "./byte-lists.ts";
import { unescapedViews } from "./escapes.ts";
import { type MaskedText, maskRanges, mergeRanges, toSourceRanges } from "./mask.ts";
import { findNamedSecrets } from "./named-secrets.ts";
import { findPrivateKeys } from "./private-keys.ts";
import { findRandomRuns } from "./random-runs.ts";
import { wrappedViews } from "./text/wrapped-lines.ts";

type Detectors = ReadonlyArray<(text: string) => readonly TextRange[]>;

/** The detectors in order. Each one reads the text that the one before has masked. */
const DETECTORS: Detectors = [findPrivateKeys, ...addressSecrets, shapesIn, findNamedSecrets, findRandomRuns];
/** The detectors that know a secret by its shape alone. */
const KNOWN_SHAPES: Detectors = [findPrivateKeys, ...addressSecrets.slice(0, 2), shapesIn];
/** How many nested encodings are decoded, such as Base64 in a URL in JSON. */
const DEPTH = 3;
/** Most searches of a text: a secret beside another one may be found only after the other one is masked. */
const MOST_ROUNDS = 8;

/**
 * The text with everything that looks like a secret replaced by `[redacted]`: private keys, known shapes, values whose name says
 * that they are secret, credentials in URLs and headers, long random runs and e-mail addresses. It also finds them in
 * percent-encoding and other escapes, in Base64, as lists of bytes, and wrapped over lines. The number of lines stays the same,
 * and redacting the result again changes nothing. Takes time in proportion to the text.
 */
export function redactSecrets(text: string): string {
  return repeatUntilStable(text, (before) => maskOnce(before));
}

/**
 * As `redactSecrets`, for RAOS' own messages, which mention passwords and tokens: masks only secrets with a known shape, such as
 * keys and credentials in URLs.
 */
export function redactKnownSecrets(text: string): string {
  return repeatUntilStable(text, (before) => maskOnce(before, KNOWN_SHAPES));
}

/** Where a text holds secrets, in order, searched step by step. */
export function findSecrets(text: string): Work<readonly TextRange[]> {
  return secretsIn(text, DEPTH, DETECTORS);
}

function maskOnce(text: string, detectors: Detectors = DETECTORS): string {
  if (text.length < 6) return text;
  const found = finished(secretsIn(text, DEPTH, detectors));
  return found.length === 0 ? text : maskRanges(text, found).text;
}

function repeatUntilStable(text: string, round: (text: string) => string): string {
  let before = text;
  let clean = round(before);
  for (let rounds = 1; clean !== before && rounds < MOST_ROUNDS; rounds += 1) {
    before = clean;
    clean = round(before);
  }
  return clean;
}

function* secretsIn(text: string, depth: number, detectors: Detectors): Work<readonly TextRange[]> {
  const direct = yield* detectPlain(text, detectors);
  if (depth === 0) return direct;
  const hidden: TextRange[] = [];
  for (const views of [unescapedViews(text), base64Views(text), byteViews(text), wrappedViews(text, direct)]) {
    for (const view of views) {
      const within = view.hasNames ? detectors : detectors.filter((detect) => detect !== findNamedSecrets);
      const found = yield* secretsIn(view.text, depth - 1, within);
      for (const range of view.toSourceRanges(found)) hidden.push(range);
    }
    yield;
  }
  return hidden.length === 0 ? direct : mergeRanges([...direct, ...hidden]);
}

function* detectPlain(text: string, detectors: Detectors): Work<readonly TextRange[]> {
  let found: readonly TextRange[] = [];
  let present: MaskedText = { text, masks: [] };
  for (const detect of detectors) {
    yield;
    const more = detect(present.text);
    if (more.length === 0) continue;
    found = mergeRanges([...found, ...toSourceRanges(more, present)]);
    present = maskRanges(text, found);
  }
  return found;
}
