import { matchFrom } from "./text/match-from.ts";
import { createViewBuilder, type TextView } from "./text/text-view.ts";

/** Most bytes of a list that are read at once: a longer match would fill the stack of the engine. */
const MOST = 8192;
/** Where the next part of a longer list begins: parts overlap, so that no secret is cut in all of them. */
const HALF = MOST / 2;

/** At least twelve bytes of ASCII text in hexadecimal: `6768705f`, `67 68`, `67:68`, `0x67, 0x68`, `\x67\x68`. */
const HEX = /(?:[2-7][0-9a-fA-F]|0[9aAdD])(?:[\s,:;-]{0,24}(?:0x|\\{1,4}x)?(?:[2-7][0-9a-fA-F]|0[9aAdD])){11,8191}/g;
const HEX_BYTE = /[2-7][0-9a-fA-F]|0[9aAdD]/g;
/** At least twelve in decimal, as Go, Python, Java and JSON write slices of bytes: `[103 104 112]`, `[103, 104, 112]`. */
const DECIMAL =
  /(?<![\d.])(?:9|1[03]|3[2-9]|[4-9]\d|1[01]\d|12[0-6])(?:[\s,]{1,40}(?:9|1[03]|3[2-9]|[4-9]\d|1[01]\d|12[0-6])(?![\d.])){11,8191}/g;
const DECIMAL_BYTE = /\d{1,3}/g;

/** The lists of bytes in a text, read as ASCII. */
export function* byteViews(text: string): Generator<TextView> {
  yield* viewsOf(text, HEX, HEX_BYTE, 16);
  yield* viewsOf(text, DECIMAL, DECIMAL_BYTE, 10);
}

function* viewsOf(text: string, list: RegExp, byte: RegExp, radix: number): Generator<TextView> {
  const builder = createViewBuilder();
  for (let match = matchFrom(0, list, text); match !== null; ) {
    const { 0: run, index } = match;
    builder.separate();
    if (builder.isFull()) yield* builder.take();
    let count = 0;
    let half = 0;
    for (const { 0: digits, index: at } of run.matchAll(byte)) {
      builder.add(String.fromCharCode(Number.parseInt(digits, radix)), index + at, index + at + digits.length);
      if (count === HALF) half = index + at;
      count += 1;
    }
    match = matchFrom(count === MOST ? half : index + run.length, list, text);
  }
  yield* builder.take();
}
