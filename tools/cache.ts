import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Pin } from "./pins.ts";

/** The folder that keeps built tools between checkouts: `RAOS_TOOLS`, else the user's cache folder. */
export function cacheRoot(): string {
  const { RAOS_TOOLS, XDG_CACHE_HOME } = process.env;
  if (RAOS_TOOLS !== undefined && RAOS_TOOLS !== "") return RAOS_TOOLS;
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "raos", "tools");
}

/**
 * Where a tool lies in the cache. The name holds a hash of everything that pins it, so a changed pin is another folder
 * and a folder that is there is whole: it is made elsewhere and renamed.
 */
export function cacheFolder(pin: Pin): string {
  const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch, pin]));
  for (const file of pinFiles(pin)) hash.update(readFileSync(file));
  return join(cacheRoot(), `${pin.name}-${pin.version}-${hash.digest("hex").slice(0, 12)}`);
}

/** What is looked for in the cache: the program, or the folder of definitions or packages. Debian's are never there. */
export function cachePath(pin: Pin): string | undefined {
  switch (pin.kind) {
    case "go":
      return join(cacheFolder(pin), pin.name);
    case "crds":
    case "npm":
      return cacheFolder(pin);
    case "python":
      return join(cacheFolder(pin), "bin", "python");
    case "debian":
      return undefined;
    default:
      return pin satisfies never;
  }
}

/** The folder whose files pin what is built: go.mod and go.sum, and its main where it is not its makers'; or a list of packages. */
export function moduleFolder(kind: "go" | "npm" | "python", folder: string): string {
  return join(import.meta.dirname, kind, folder);
}

function pinFiles(pin: Pin): readonly string[] {
  if (pin.kind === "crds" || pin.kind === "debian") return [];
  const folder = moduleFolder(pin.kind, pin.folder);
  return readdirSync(folder)
    .toSorted()
    .map((file) => join(folder, file));
}
