import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** Most bytes that are unpacked: outside text must not grow without end. */
const LARGEST = 4 * 1024 * 1024;

/**
 * A value as Base64 of Brotli (RFC 7932) over its JSON: many edits that differ by a name take a tenth of their JSON. A pure
 * function: the same value gives the same text.
 */
export function packJson(value: unknown): string {
  const params = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
  return brotliCompressSync(JSON.stringify(value), { params }).toString("base64");
}

/** What `packJson` packed, unknown as all that comes from outside; undefined where the text is none, or holds over 4 MiB. */
export function unpackJson(text: string): unknown {
  try {
    return JSON.parse(brotliDecompressSync(Buffer.from(text, "base64"), { maxOutputLength: LARGEST }).toString());
  } catch {
    return undefined;
  }
}
