import { readFile, stat } from "node:fs/promises";

/** Most bytes of a file of a credential or of certificates. */
const LARGEST = 1_048_576;

/** A file's text, or why there is none, without what is in it. */
export type FileText = { readonly text: string } | { readonly problem: string };

/**
 * Reads files whose contents change while the process runs, such as a Kubernetes service account's token: each is read again
 * once its time, size or inode is another. Never throws.
 */
export function createFileReader(): (path: string) => Promise<FileText> {
  const known = new Map<string, { readonly stamp: string; readonly text: string }>();
  return async (path) => {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      if (size > LARGEST) return { problem: `is larger than ${LARGEST} bytes` };
      const stamp = `${mtimeMs} ${size} ${ino}`;
      const kept = known.get(path);
      if (kept?.stamp === stamp) return { text: kept.text };
      const text = await readFile(path, "utf8");
      known.set(path, { stamp, text });
      return { text };
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
      return { problem: `cannot be read${typeof code === "string" ? ` (${code})` : ""}` };
    }
  };
}

/** Headers that RAOS or HTTP itself sets. */
const OWN = new Set(["host", "connection", "content-length", "content-type", "transfer-encoding", "upgrade", "te"]);

/** Headers of a file, `Name: value` on each line; empty lines and those that begin with `#` do not count. */
export function headersIn(
  text: string,
): { readonly headers: Readonly<Record<string, string>> } | { readonly problem: string } {
  const headers: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    if (colon < 1 || !/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name) || !/^[ -~]{1,8192}$/.test(value))
      return { problem: `has no header in line ${index + 1}; write Name: value` };
    if (OWN.has(name)) return { problem: `sets ${name} in line ${index + 1}, which no file may set; remove it` };
    headers[name] = value;
  }
  return { headers };
}
