import * as z from "zod";

const OPEN = "<!-- raos:issue ";
const CLOSE = " -->";
const Marker = z.strictObject({ version: z.literal(1), key: z.string().min(1).max(1024) });

/** The key in an issue's body, which whoever wrote the report put there; undefined where there is none. Outside text. */
export function keyIn(body: string): string | undefined {
  const start = body.lastIndexOf(OPEN);
  const end = start < 0 ? -1 : body.indexOf(CLOSE, start + OPEN.length);
  if (end < 0 || end - start > 4096) return undefined;
  const encoded = body.slice(start + OPEN.length, end);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  try {
    const read = Marker.safeParse(JSON.parse(Buffer.from(encoded, "base64").toString()));
    return read.success ? read.data.key : undefined;
  } catch {
    return undefined;
  }
}
