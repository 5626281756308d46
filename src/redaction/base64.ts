import { matchFrom } from "./text/match-from.ts";
import { createViewBuilder, type TextView } from "./text/text-view.ts";

/**
 * Most groups that are read at once, and where the next part of a longer run begins: parts overlap, so that no secret is cut
 * in all of them.
 */
const MOST = 8191;
const HALF = 4096;

/**
 * At least twelve characters of ASCII in base64 (RFC 4648, either alphabet), wherever they begin: each group of four holds three
 * bytes whose highest bits are 0, which only an eighth of random groups does.
 */
const ASCII =
  /(?:[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]){4,8191}[A-Za-z0-9+/_-]{0,3}/g;

/** The Base64 parts of a text, decoded. */
export function* base64Views(text: string): Generator<TextView> {
  const builder = createViewBuilder();
  for (let match = matchFrom(0, ASCII, text); match !== null; ) {
    const { 0: run, index } = match;
    const bytes = Buffer.from(run, "base64").toString("latin1");
    builder.separate();
    if (builder.isFull()) yield* builder.take();
    // Four characters of Base64 are three bytes.
    for (let at = 0; at < bytes.length; at += 3) {
      const start = index + (at / 3) * 4;
      builder.add(bytes.slice(at, at + 3), start, Math.min(start + 4, index + run.length));
    }
    match = matchFrom(index + (run.length >= 4 * MOST ? 4 * HALF : run.length), ASCII, text);
  }
  yield* builder.take();
}
