import { isIP } from "node:net";
import { fileURLToPath } from "node:url";
import { GitError } from "./git-error.ts";

/** Where a repository is. */
export type Address =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "remote"; readonly url: URL };

const ACCEPTED = "a folder, a bare repository or an https:// address";

/** A rule that refuses addresses: to which addresses it applies, and its message. */
type Rule<T> = readonly [applies: (address: T) => boolean, message: (address: T) => string];

const TEXT_RULES: readonly Rule<string>[] = [
  [(text) => text === "" || text.length > 4096 || text.includes("\0"), () => `a repository is ${ACCEPTED}`],
  [
    (text) => text.startsWith("-"),
    (text) => `a repository's name does not start with "-"; write ./${text.slice(0, 64)} for a folder`,
  ],
  [(text) => /^[a-z][a-z0-9+.-]*::/i.test(text), () => `remote helpers are not accepted; a repository is ${ACCEPTED}`],
  [isSsh, () => `SSH addresses are not accepted; write https://host/owner/name, or name ${ACCEPTED}`],
  [(text) => isUrl(text) && !URL.canParse(text), () => `the address cannot be read; a repository is ${ACCEPTED}`],
];

const URL_RULES: readonly Rule<URL>[] = [
  [
    ({ protocol }) => !["https:", "http:", "file:"].includes(protocol),
    ({ protocol }) => `${protocol}// is not accepted; a repository is ${ACCEPTED}`,
  ],
  [
    ({ username, password }) => username !== "" || password !== "",
    () => "the address holds a credential; leave it out, it comes from the environment",
  ],
  [({ search, hash }) => search !== "" || hash !== "", () => "the address holds a query or a fragment; leave them out"],
  [({ protocol, host }) => protocol === "file:" && host !== "", () => "file:// names a folder of this machine"],
  [
    ({ protocol, hostname }) => protocol === "http:" && !isLoopback(hostname),
    () => "http:// is accepted for this machine only; write https://",
  ],
];

/**
 * Parses the address of a repository. Throws GitError "refused" for everything but a folder, an https address, or http to this
 * machine: Git's other transports run commands or send credentials unencrypted.
 */
export function parseAddress(text: string): Address {
  refuseBy(TEXT_RULES, text);
  if (!isUrl(text)) return { kind: "folder", path: text };
  const url = new URL(text);
  refuseBy(URL_RULES, url);
  return url.protocol === "file:" ? { kind: "folder", path: fileURLToPath(url) } : { kind: "remote", url };
}

function refuseBy<T>(rules: readonly Rule<T>[], address: T): void {
  const broken = rules.find(([applies]) => applies(address));
  if (broken !== undefined) throw new GitError("refused", broken[1](address));
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "[::1]") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

/** Whether it is `git@host:path`: a colon after an "@", and no slash before the colon. */
function isSsh(text: string): boolean {
  const head = text.split(/[/\\]/, 1)[0] ?? "";
  const at = head.indexOf("@", 1);
  if (at > 0 && head.includes(":", at + 2)) return true;
  // `host.example:owner/name` is SSH to Git as well.
  return /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\.?:(?!\/\/)/i.test(text);
}
