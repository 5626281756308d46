import { type Principal, principalText, readPrincipal } from "./principal.ts";

/** A trailer of Git's (git-interpret-trailers(1)): it stays in the history where the forge's pull request is gone. */
const TRAILER = "Requested-by: ";
/** The last paragraph of a message is searched: at most so many of its characters. */
const LOOKED_AT = 2000;

/** A commit's message with a last line that says who asked for it; without one for a text that no principal has. */
export function withRequestedBy(message: string, from: Principal): string {
  const text = principalText(from);
  return readPrincipal(text) === undefined ? message : `${message}\n\n${TRAILER}${text}`;
}

/**
 * Who asked for a commit, as its message says: `person:<login>`, or `agent:<tenant>/<name>@<environment>`; undefined where it does not
 * say. Whoever writes a commit writes its message, so it proves nothing.
 */
export function readRequestedBy(message: string): string | undefined {
  const end = message.trimEnd().slice(-LOOKED_AT);
  const last = end.slice(end.lastIndexOf("\n\n") + 1);
  const line = last.split("\n").findLast((one) => one.startsWith(TRAILER));
  const principal = line === undefined ? undefined : readPrincipal(line.slice(TRAILER.length).trim());
  return principal === undefined ? undefined : principalText(principal);
}
