import { UsageError } from "../../shell.ts";

/**
 * Parses the address of a repository on a forge. Throws UsageError for one that Git must not use; no
 * message holds a credential.
 */
export function repositoryUrl(where: string): URL {
  if (!URL.canParse(where)) throw new UsageError("--repo is no folder and no URL; write https://github.com/owner/name");
  const url = new URL(where);
  if (`${url.username}${url.password}` !== "")
    throw new UsageError("--repo holds a credential; leave it out, it comes from the environment");
  if (`${url.search}${url.hash}` !== "") throw new UsageError("--repo holds a query or a fragment; leave them out");
  return url;
}

/**
 * The owner and the name of a repository, given the address of its server. Throws UsageError where the address names none below
 * it.
 */
export function ownerAndName(url: URL, server: string): { readonly owner: string; readonly name: string } {
  const below = url.href.slice(server.length);
  const [owner = "", name = "", ...more] = below.split("/").filter((part) => part !== "");
  if (!url.href.startsWith(`${server}/`) || owner === "" || name === "" || more.length > 0)
    throw new UsageError(`${url.href} names no repository; write ${server}/owner/name`);
  return { owner, name: name.replace(/\.git$/, "") };
}
