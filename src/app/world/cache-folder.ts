import { join, resolve } from "node:path";
import type { Shell } from "../shell.ts";

/** `$RAOS_CACHE`, or `raos` in the user's cache folder: what can be fetched and computed again. */
export function cacheFolder(shell: Shell): string {
  const { RAOS_CACHE, XDG_CACHE_HOME, HOME } = shell.env;
  return resolve(shell.cwd, RAOS_CACHE ?? join(XDG_CACHE_HOME ?? join(HOME ?? ".", ".cache"), "raos"));
}
