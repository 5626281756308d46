/** Markers in the bot's comments, which a forge does not show; they count only in comments that the bot itself wrote. */
const MARKERS = { closed: "<!-- raos:closed -->", "hands-off": "<!-- raos:hands-off -->" } as const;

/** What a comment of the bot is about. */
export type CommentKind = keyof typeof MARKERS;

/** A comment's text with the marker that says what it is. */
export function markedComment(kind: CommentKind, sentence: string): string {
  return `${sentence}\n\n${MARKERS[kind]}`;
}

/** The kinds of the bot's own comments, given their texts. */
export function commentKindsOf(bodies: readonly string[]): ReadonlySet<CommentKind> {
  const kinds: readonly CommentKind[] = ["closed", "hands-off"];
  return new Set(kinds.filter((kind) => bodies.some((body) => body.includes(MARKERS[kind]))));
}
