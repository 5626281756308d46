import type { GitErrorCode } from "../git-error.ts";

/** Git's messages about the mirror's own files. */
const OWN =
  /bad (object|tree|ref|signature)|non-monotonic|does not match index|did not send all necessary|packfile|loose object|unable to read|corrupt|unexpected line in|not a valid|garbage/i;
/** Git's messages about the remote, or the connection to it. */
const OUTSIDE =
  /could not resolve|failed to connect|couldn't connect|connection|timed out|too slow|unable to access|rpc failed|early eof|hung up|disconnect|ssl|tls|certificate|redirect|error: [45]\d\d|did not end within|expected flush|protocol error|remote error|remote:/i;
const NO_ROOM =
  /no space left|disk quota|read-only file system|permission denied|cannot allocate|out of memory|file too large|write error/i;

/**
 * Why a fetch failed: the credential, the address, the connection or the disk; or else "corrupt": the mirror itself, which
 * is then replaced.
 */
export function fetchErrorCode(words: string): GitErrorCode {
  if (/Authentication failed|could not read Username|could not read Password|error: 40[13]/.test(words))
    return "unauthorized";
  if (NO_ROOM.test(words) || /Unable to create '[^'\n]+': File exists/.test(words)) return "unavailable";
  if (/repository .{0,4096}not found|error: 404|couldn't find remote ref/i.test(words)) return "not-found";
  // An address may contain any of these words.
  const said = words.replaceAll(/https?:\/\/\S{1,4096}/g, "");
  return OUTSIDE.test(said) && !OWN.test(said) ? "unavailable" : "corrupt";
}

/** What to do where the cache folder is full or cannot be written; else "". */
export function adviceOn(words: string): string {
  return NO_ROOM.test(words)
    ? "; free some room in the cache folder, or set RAOS_CACHE to one that can be written"
    : "";
}

/** Git's messages, each line once, at most 2,000 characters. */
export function shorten(words: string): string {
  const lines = words.split("\n").map((line) => line.replace(/^(error|fatal): /, ""));
  return [...new Set(lines)].join("\n").slice(0, 2000);
}

/** The text without the credentials that the command was given. */
export function withoutCredentials(words: string, secrets: readonly (string | undefined)[]): string {
  let clean = words;
  for (const secret of secrets)
    if (secret !== undefined && secret !== "") clean = clean.replaceAll(secret, "[credential]");
  return clean;
}

/** Git's own message, without the prefix of `runGit`. */
export function gitWordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/^git [a-z-]+ failed: /, "").trim();
}
