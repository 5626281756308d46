import type { Instant } from "../domain/values/scalars.ts";
import { textHash } from "./content-hash.ts";
import { decodeMarker, encodeMarker, withoutMarker } from "./marker.ts";

/** How the note of an older version begins; its marker has no `resolvedAt`. */
const UNMARKED = "> [!NOTE]\n> The alert ended at ";

/** Whether a body says that its alert has ended. */
export function saysResolved(body: string): boolean {
  return decodeMarker(body)?.resolvedAt !== undefined || body.startsWith(UNMARKED);
}

/** The body without that note, with its marker updated: the alert fires again. */
export function withoutResolvedNote(body: string, title: string): string {
  const marker = decodeMarker(body);
  const end = body.indexOf("\n\n");
  if (marker === undefined || !saysResolved(body) || end < 0) return body;
  const { resolvedAt: _, ...firing } = marker;
  const text = withoutMarker(body.slice(end + 2)).trimEnd();
  return `${text}\n\n${encodeMarker({ ...firing, text: textHash(title, text) })}`;
}

/**
 * The body of an alert's pull request with a note on top that the alert has ended, and its marker updated. The same body where
 * the note is there already, or there is no marker.
 */
export function withResolvedNote(body: string, title: string, resolvedAt: Instant): string {
  const marker = decodeMarker(body);
  if (marker === undefined || saysResolved(body)) return body;
  const moment = new Date(resolvedAt).toISOString().slice(0, 16).replace("T", " ");
  const note = `> [!NOTE]\n> The alert ended at ${moment} UTC, before this was merged. Merge it if the cause is still there; else close it.`;
  const text = `${note}\n\n${withoutMarker(body).trimEnd()}`;
  return `${text}\n\n${encodeMarker({ ...marker, resolvedAt, text: textHash(title, text) })}`;
}
