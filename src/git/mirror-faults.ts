import type { GitErrorCode } from "./git-error.ts";

/** What Git says of files that it wrote itself. */
const OWN =
  /bad (object|tree|ref|signature)|non-monotonic|does not match index|did not send all necessary|packfile|loose object|unable to read|corrupt|unexpected line in|not a valid|garbage/i;
/** What Git says where the remote, or the way to it, is at fault. */
const OUTSIDE =
  /could not resolve|failed to connect|couldn't connect|connection|timed out|too slow|unable to access|rpc failed|early eof|hung up|disconnect|ssl|tls|certificate|redirect|error: [45]\d\d|did not end within|expected flush|protocol error|remote error|remote:/i;
const NO_ROOM =
  /no space left|disk quota|read-only file system|permission denied|cannot allocate|out of memory|file too large|write error/i;

/**
 * Whose fault a failed fetch is: the credential's, the address's, the way's, the disk's; or else the copy's own, which is
 * then made anew.
 */
export function faultOf(words: string): GitErrorCode {
  if (/Authentication failed|could not read Username|could not read Password|error: 40[13]/.test(words))
    return "unauthorized";
  if (NO_ROOM.test(words) || /Unable to create '[^'\n]+': File exists/.test(words)) return "unavailable";
  if (/repository .{0,4096}not found|error: 404/i.test(words)) return "not-found";
  // An address may hold any word.
  const said = words.replaceAll(/https?:\/\/\S{1,4096}/g, "");
  return OUTSIDE.test(said) && !OWN.test(said) ? "unavailable" : "corrupt";
}

/** What to do where the cache folder is at fault. */
export function adviceOn(words: string): string {
  return NO_ROOM.test(words)
    ? "; free some room in the cache folder, or set RAOS_CACHE to one that can be written"
    : "";
}

/** Git's words without what is said again and again. */
export function inBrief(words: string): string {
  const lines = words.split("\n").map((line) => line.replace(/^(error|fatal): /, ""));
  return [...new Set(lines)].join("\n").slice(0, 2000);
}

/** Words without the secrets that went along with what was asked. */
export function withoutSecrets(words: string, secrets: readonly (string | undefined)[]): string {
  let clean = words;
  for (const secret of secrets)
    if (secret !== undefined && secret !== "") clean = clean.replaceAll(secret, "[credential]");
  return clean;
}
