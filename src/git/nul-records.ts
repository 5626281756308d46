/** Splits a stream at NUL bytes into texts; bytes that are not UTF-8 become U+FFFD. */
export async function* nulRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      yield bytes.toString("utf8", start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) yield rest.toString("utf8");
}

/** The texts between NUL bytes; the NUL after the last one is optional. */
export function splitNul(bytes: Buffer): readonly string[] {
  const texts = bytes.toString("utf8").split("\0");
  return texts.at(-1) === "" ? texts.slice(0, -1) : texts;
}
