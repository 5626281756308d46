import * as z from "zod";
import { Spent } from "../domain/alert/spent.ts";
import type { Cause } from "../domain/cause.ts";
import type { Edit } from "../domain/change-set.ts";
import type { Marker } from "../domain/proposal.ts";
import type { RequestedChange } from "../domain/request/agent-request.ts";
import type { Principal } from "../domain/request/principal.ts";
import { packJson, unpackJson } from "../domain/values/packed-json.ts";
import type { Json } from "../domain/values/scalars.ts";

/** Longest marker `encodeMarker` writes and `decodeMarker` reads, in characters: half of what a body may hold. */
const MARKER_LIMIT = 32_768;

const OPEN = "<!-- raos:pull ";
const CLOSE = " -->";
/** Comes before packed JSON. */
const PACKED = "br:";
/** A marker with more characters than this is compressed, so that the edits for many agents fit. */
const PLAIN_LIMIT = 8192;

/**
 * The marker as an HTML comment, which readers do not see. Its JSON is Base64, so that nothing in it can end the
 * comment, mention anybody, link an issue or be Markdown; a long one is compressed first. Throws RangeError above
 * `MARKER_LIMIT`: guardrails deny such a change before it is proposed.
 */
export function encodeMarker(marker: Marker): string {
  const { requested, ...rest } = marker;
  const written = { version: 2, ...rest, ...(requested === undefined ? {} : { requested: writtenRequest(requested) }) };
  const plain = Buffer.from(JSON.stringify(written)).toString("base64");
  const text = `${OPEN}${plain.length > PLAIN_LIMIT ? `${PACKED}${packJson(written)}` : plain}${CLOSE}`;
  if (text.length > MARKER_LIMIT) throw new RangeError("the edits are too large for a pull request's marker");
  return text;
}

/** The marker in a pull request's body; undefined where it holds none that can be read. The body is untrusted. */
export function decodeMarker(body: string): Marker | undefined {
  const start = body.lastIndexOf(OPEN);
  if (start < 0) return undefined;
  const end = body.indexOf(CLOSE, start + OPEN.length);
  if (end < 0 || end - start > MARKER_LIMIT) return undefined;
  const parsed = MarkerShape.safeParse(decodeText(body.slice(start + OPEN.length, end)));
  return parsed.success ? markerOf(parsed.data) : undefined;
}

function decodeText(text: string): unknown {
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

/** How many edits a marker may hold; guardrails deny more. */
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

/** The shape of each kind of cause. */
const CAUSE_SHAPES: { readonly [K in Cause["kind"]]: z.ZodType<Extract<Cause, { readonly kind: K }>> } = {
  drift: z.strictObject({
    kind: z.literal("drift"),
    scope: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("agent"), agent: AgentKey, wave: z.exactOptional(Text) }),
      z.strictObject({ kind: z.literal("tenant"), tenant: z.string().max(63), wave: z.exactOptional(Text) }),
    ]),
  }),
  alert: z.strictObject({ kind: z.literal("alert"), agent: AgentKey, remedy: Text, environment: Text }),
  request: z.strictObject({ kind: z.literal("request"), id: Text }),
  tune: z.strictObject({ kind: z.literal("tune"), agent: AgentKey, remedy: Text, environment: Text }),
  upgrade: z.strictObject({ kind: z.literal("upgrade"), agent: AgentKey }),
  regression: z.strictObject({ kind: z.literal("regression"), pull: z.int().positive() }),
  rollout: z.strictObject({ kind: z.literal("rollout"), pull: z.int().positive() }),
  onboarding: z.strictObject({ kind: z.literal("onboarding") }),
};
const CauseShape: z.ZodType<Cause> = z.union(Object.values(CAUSE_SHAPES));

const EditShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("set"), ...place, from: JsonValue.optional(), to: JsonValue }),
  z.strictObject({ kind: z.literal("add"), ...place, to: JsonValue }),
  z.strictObject({ kind: z.literal("remove"), ...place, from: JsonValue.optional() }),
]);

const PrincipalShape: z.ZodType<Principal> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("person"), login: z.string().max(80) }),
  z.strictObject({
    kind: z.literal("agent"),
    agent: AgentKey,
    environment: z.string().max(63),
    chain: z.array(z.string().max(256)).max(8),
  }),
]);

const RequestedShape = z.strictObject({
  request: z.strictObject({
    id: z.string().max(256),
    wants: z.enum(["create", "change", "retire", "orphans"]),
    agent: AgentKey,
    from: PrincipalShape,
    words: z.string().max(4000),
    template: z.exactOptional(z.string().max(63)),
    assumptions: z.array(z.string().max(500)).max(32),
    measured: z.exactOptional(
      z.strictObject({
        at: z.int().nonnegative(),
        values: z
          .array(z.strictObject({ id: z.string().max(16), query: z.string().max(300), says: z.string().max(300) }))
          .max(8),
      }),
    ),
    spent: z.exactOptional(Spent),
  }),
  /** JSON has no `undefined`: a deleted file has null. */
  written: z.array(z.strictObject({ agent: AgentKey, file: Text, text: Text.nullable() })).max(8),
});

const shared = {
  cause: CauseShape,
  base: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
  content: Hash,
  text: Hash,
  resolvedAt: z.int().nonnegative().optional(),
  edits: z.array(EditShape).max(MOST_EDITS),
  spent: Spent.optional(),
  requested: RequestedShape.optional(),
};

/** Version 1 called `baseHash` `under`; pull requests that an older RAOS opened hold it until they are updated. */
const MarkerShape = z.discriminatedUnion("version", [
  z.strictObject({ version: z.literal(2), ...shared, baseHash: Hash }),
  z.strictObject({ version: z.literal(1), ...shared, under: Hash }),
]);

/** JSON has no `undefined`: an edit's absent `from` comes back as one. */
function markerOf(read: z.infer<typeof MarkerShape>): Marker {
  const { cause, base, content, text, resolvedAt, spent, requested } = read;
  const baseHash = read.version === 1 ? read.under : read.baseHash;
  const edits = read.edits.map(editOf);
  const seldom = {
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(spent === undefined ? {} : { spent }),
    ...(requested === undefined ? {} : { requested: requestOf(requested) }),
  };
  return { cause, base, content, baseHash, text, ...seldom, edits };
}

function writtenRequest({ request, written }: RequestedChange) {
  return { request, written: written.map((spec) => ({ ...spec, text: spec.text ?? null })) };
}

function requestOf({ request, written }: z.infer<typeof RequestedShape>): RequestedChange {
  return { request, written: written.map((spec) => ({ ...spec, text: spec.text ?? undefined })) };
}

function editOf(edit: z.infer<typeof EditShape>): Edit {
  return edit.kind === "add" ? edit : { ...edit, from: edit.from };
}
