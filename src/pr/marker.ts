import * as z from "zod";
import type { Cause, Edit, Marker } from "../domain/change.ts";
import { packJson, unpackJson } from "../domain/packed-json.ts";
import type { Json } from "../domain/scalars.ts";

/** Longest marker `encodeMarker` writes and `decodeMarker` reads, in characters: half of what a body may hold. */
export const MARKER_LIMIT = 32_768;

const OPEN = "<!-- raos:pull ";
const CLOSE = " -->";
/** Stands before what is packed. */
const PACKED = "br:";
/** A marker of more characters than this is packed, so that the edits of a storm fit. */
const PLAIN_LIMIT = 8192;

/**
 * The marker as an HTML comment, which readers do not see. Its JSON is Base64, so that nothing in it can end the
 * comment, mention anybody, link an issue or be Markdown; a long one is compressed before. Throws RangeError above
 * `MARKER_LIMIT`: guardrails refuse such a change before it is proposed.
 */
export function encodeMarker(marker: Marker): string {
  const plain = Buffer.from(JSON.stringify(marker)).toString("base64");
  const text = `${OPEN}${plain.length > PLAIN_LIMIT ? `${PACKED}${packJson(marker)}` : plain}${CLOSE}`;
  if (text.length > MARKER_LIMIT) throw new RangeError("the edits are too large for a pull request's marker");
  return text;
}

/** The marker in a pull request's body, or undefined where there is none that this version wrote. The body is outside text. */
export function decodeMarker(body: string): Marker | undefined {
  const start = body.lastIndexOf(OPEN);
  if (start < 0) return undefined;
  const end = body.indexOf(CLOSE, start + OPEN.length);
  if (end < 0 || end - start > MARKER_LIMIT) return undefined;
  const parsed = MarkerShape.safeParse(decoded(body.slice(start + OPEN.length, end)));
  return parsed.success ? markerOf(parsed.data) : undefined;
}

function decoded(text: string): unknown {
  const isPacked = text.startsWith(PACKED);
  const encoded = isPacked ? text.slice(PACKED.length) : text;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  if (isPacked) return unpackJson(encoded);
  try {
    return JSON.parse(Buffer.from(encoded, "base64").toString());
  } catch {
    return undefined;
  }
}

/** The body without its marker: what a reviewer reads. */
export function withoutMarker(body: string): string {
  const start = body.lastIndexOf(OPEN);
  if (start < 0) return body;
  const end = body.indexOf(CLOSE, start);
  return end < 0 ? body : `${body.slice(0, start)}${body.slice(end + CLOSE.length)}`;
}

/** Edits that a marker may hold; guardrails refuse more. */
const MOST_EDITS = 5000;

const AgentKey = z
  .string()
  .max(128)
  .regex(/^[^/\s]+\/[^/\s]+$/);
const Text = z.string().max(MARKER_LIMIT);
const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Editor = z.enum(["rule", "model", "agent", "person"]);
const place = { agent: AgentKey, file: Text, at: Text, why: Text, by: Editor };
const JsonValue: z.ZodType<Json> = z.json();

const CauseShape: z.ZodType<Cause> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("drift"),
    scope: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("agent"), agent: AgentKey }),
      z.strictObject({ kind: z.literal("tenant"), tenant: z.string().max(63) }),
    ]),
  }),
  z.strictObject({ kind: z.literal("alert"), agent: AgentKey, remedy: Text, environment: Text }),
  z.strictObject({ kind: z.literal("request"), id: Text }),
  z.strictObject({ kind: z.literal("tune"), agent: AgentKey }),
  z.strictObject({ kind: z.literal("regression"), pull: z.int().positive() }),
]);

const EditShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("set"), ...place, from: JsonValue.optional(), to: JsonValue }),
  z.strictObject({ kind: z.literal("add"), ...place, to: JsonValue }),
  z.strictObject({ kind: z.literal("remove"), ...place, from: JsonValue.optional() }),
]);

const MarkerShape = z.strictObject({
  version: z.literal(1),
  cause: CauseShape,
  base: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
  content: Hash,
  under: Hash,
  text: Hash,
  resolvedAt: z.int().nonnegative().optional(),
  edits: z.array(EditShape).max(MOST_EDITS),
});

/** JSON has no `undefined`: an edit's absent `from` comes back as one. */
function markerOf(read: z.infer<typeof MarkerShape>): Marker {
  return { ...read, edits: read.edits.map(editOf) };
}

function editOf(edit: z.infer<typeof EditShape>): Edit {
  return edit.kind === "add" ? edit : { ...edit, from: edit.from };
}
