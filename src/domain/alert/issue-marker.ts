import { createHash } from "node:crypto";
import * as z from "zod";
import type { Instant } from "../values/scalars.ts";
import { Spent } from "./spent.ts";

/** Data that the bot writes into an issue's body, hidden in an HTML comment, and reads back. It is untrusted when it is read. */
export interface IssueMarker {
  /** Which incident it is about: the branch its pull request would have. */
  readonly key: string;
  /** SHA-256 of the first paragraph as the bot wrote it; absent in what an older version wrote. */
  readonly lead?: string | undefined;
  /** Absent where no model was asked. */
  readonly spent?: Spent | undefined;
  /** When what it is about was last seen, where that ends by itself. */
  readonly seen?: Instant | undefined;
}

const OPEN = "<!-- raos:issue ";
const CLOSE = " -->";
const Marker = z.strictObject({
  version: z.literal(1),
  key: z.string().min(1).max(1024),
  lead: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  spent: Spent.optional(),
  seen: z.int().nonnegative().optional(),
});

/** The marker as an HTML comment, which readers do not see; Base64, so that nothing in it can end the comment. */
export function encodeIssueMarker({ key, lead, spent, seen }: IssueMarker): string {
  return `${OPEN}${Buffer.from(JSON.stringify({ version: 1, key, lead, spent, seen })).toString("base64")}${CLOSE}`;
}

/** The last marker in an issue's body; undefined where there is none. */
export function decodeIssueMarker(body: string): IssueMarker | undefined {
  const start = body.lastIndexOf(OPEN);
  const end = start < 0 ? -1 : body.indexOf(CLOSE, start + OPEN.length);
  if (end < 0 || end - start > 4096) return undefined;
  const encoded = body.slice(start + OPEN.length, end);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  try {
    const { data } = Marker.safeParse(JSON.parse(Buffer.from(encoded, "base64").toString()));
    return data && { key: data.key, lead: data.lead, spent: data.spent, seen: data.seen };
  } catch {
    return undefined;
  }
}

/** The body with another key in its marker; unchanged where it holds none. */
export function rekeyIssue(body: string, key: string): string {
  const marker = decodeIssueMarker(body);
  if (marker === undefined) return body;
  const start = body.lastIndexOf(OPEN);
  const end = body.indexOf(CLOSE, start) + CLOSE.length;
  return `${body.slice(0, start)}${encodeIssueMarker({ ...marker, key })}${body.slice(end)}`;
}

/** The hash of a first paragraph, as the marker holds it. */
export function leadHash(lead: string): string {
  return createHash("sha256").update(lead).digest("hex");
}
