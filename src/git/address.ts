import { isIP } from "node:net";
import { fileURLToPath } from "node:url";
import { GitError } from "./git-error.ts";

/** Where a repository lies. */
export type Address =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "remote"; readonly url: URL };

const TAKEN = "a folder, a bare repository or an https:// address";

/**
 * Reads what a person or a configuration names as a repository. Throws GitError "refused" for anything but a folder, an
 * https address, or http to this very machine: Git's other transports run commands or send credentials in the clear.
 */
export function parseAddress(where: string): Address {
  if (where === "" || where.length > 4096 || where.includes("\0"))
    throw new GitError("refused", `a repository is ${TAKEN}`);
  if (where.startsWith("-"))
    throw new GitError(
      "refused",
      `a repository's name does not start with "-"; write ./${where.slice(0, 64)} for a folder`,
    );
  if (/^[a-z][a-z0-9+.-]*::/i.test(where))
    throw new GitError("refused", `remote helpers are not taken; a repository is ${TAKEN}`);
  if (isSsh(where))
    throw new GitError("refused", `SSH addresses are not taken; write https://host/owner/name, or name ${TAKEN}`);
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(where)) return { kind: "folder", path: where };
  if (!URL.canParse(where)) throw new GitError("refused", `the address cannot be read; a repository is ${TAKEN}`);
  return fromUrl(new URL(where));
}

function fromUrl(url: URL): Address {
  const { protocol } = url;
  if (!["https:", "http:", "file:"].includes(protocol)) {
    throw new GitError("refused", `${protocol}// is not taken; a repository is ${TAKEN}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new GitError("refused", "the address holds a credential; leave it out, it comes from the environment");
  }
  if (url.search !== "" || url.hash !== "") {
    throw new GitError("refused", "the address holds a query or a fragment; leave them out");
  }
  if (protocol === "file:" && url.host !== "") throw new GitError("refused", "file:// names a folder of this machine");
  if (protocol === "file:") return { kind: "folder", path: fileURLToPath(url) };
  if (protocol === "http:" && !isLoopback(url.hostname)) {
    throw new GitError("refused", "http:// is taken for this machine alone; write https://");
  }
  return { kind: "remote", url };
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "[::1]") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

/** `git@host:path`: a colon behind an "@", and no slash before it. */
function isSsh(where: string): boolean {
  const head = where.split(/[/\\]/, 1)[0] ?? "";
  const at = head.indexOf("@", 1);
  if (at > 0 && head.includes(":", at + 2)) return true;
  // `host.example:owner/name` is SSH to Git as well.
  return /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\.?:(?!\/\/)/i.test(where);
}
