import * as z from "zod";
import type { Report } from "../domain/incident.ts";
import { ForgeError } from "./forge.ts";

const OPEN = "<!-- raos:issue ";
const CLOSE = " -->";
const Marker = z.strictObject({ version: z.literal(1), key: z.string().min(1).max(1024) });

/** Most characters of a title and a body, as GitHub has it. */
const TITLE = 256;
const BODY = 65_536;

/** The report as it may be written. Throws ForgeError "invalid" where the forge would not take it, or not find it again. */
export function checked(report: Report): Report {
  const { key, title, body } = report;
  const refuse = (why: string) => new ForgeError("invalid", `the issue ${JSON.stringify(key.slice(0, 200))} ${why}`);
  if (title.trim() === "" || title.length > TITLE) throw refuse(`has a title of none or more than ${TITLE} characters`);
  if (body.length > BODY) throw refuse(`has a body of more than ${BODY} characters`);
  if (keyIn(body) !== key) throw refuse("has a body that does not end with the marker of its key");
  return { ...report, title: title.trim() };
}

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
