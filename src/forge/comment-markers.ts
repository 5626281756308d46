/** Markers in the bot's comments, which a forge does not show; they count only in comments that the bot itself wrote. */
const MARKERS = {
  closed: "<!-- raos:closed -->",
  "hands-off": "<!-- raos:hands-off -->",
  rollout: "<!-- raos:rollout -->",
} as const;

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

/** Whether a comment of the bot says what became of a merged pull request. */
export function isRolloutComment(body: string): boolean {
  // An answer to a command may quote anything; the marker of this one is its end.
  return body.trimEnd().endsWith(MARKERS.rollout);
}

/** What the bot's own comment says of the roll-out, given the texts of its comments, oldest first; undefined: there is none. */
export function rolloutIn(bodies: readonly string[]): string | undefined {
  const found = bodies.find(isRolloutComment)?.trimEnd();
  return found?.slice(0, -MARKERS.rollout.length).trimEnd();
}
