import type { Body } from "../body.ts";

/** Most bytes of a call of a program. */
export const LARGEST_CALL = 1024 * 1024;

/** Why a body was not read. */
export type UnreadKind = Exclude<Body["kind"], "body">;

/** A status of HTTP, and a line of text. */
export interface UnreadAnswer {
  readonly status: number;
  readonly text: string;
}

/** What whoever sent a body is answered that was not read. The connection is to be closed. */
export function unreadAnswer(kind: UnreadKind): UnreadAnswer {
  return ANSWERS[kind];
}

const ANSWERS: Readonly<Record<UnreadKind, UnreadAnswer>> = {
  "too-large": { status: 413, text: `request too large: at most ${LARGEST_CALL} bytes\n` },
  broken: { status: 400, text: "the body ended early\n" },
  slow: { status: 408, text: "the body came too slowly\n" },
  "no-room": { status: 503, text: "too much at once; try again\n" },
};
