import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Snapshot } from "../../src/domain/fleet.ts";
import type { Config } from "../../src/domain/kinds.ts";
import { type FleetReading, readFleet } from "../../src/spec/read-fleet.ts";

export const FIXTURE_FLEET = resolve(import.meta.dirname, "../../fixtures/fleet");

/** A folder's files as a snapshot; `replace` gives files another text, or takes them away. */
export function folderSnapshot(root: string, replace: ReadonlyMap<string, string | undefined> = new Map()): Snapshot {
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(root, path).split(sep).join("/"), readFileSync(path));
  }
  for (const [path, text] of replace) text === undefined ? files.delete(path) : files.set(path, Buffer.from(text));
  const paths = [...files.keys()].sort();
  const at = (path: string) => files.get(path);
  return {
    sha: "0".repeat(40),
    oid: (path) => {
      const bytes = at(path);
      return bytes && createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
    },
    list: (prefix) => paths.filter((path) => prefix === "" || path.startsWith(`${prefix}/`)),
    read: (path) => {
      const bytes = at(path);
      if (bytes === undefined) throw new RangeError(path);
      return bytes;
    },
  };
}

/** The fixture fleet as read, with the given parts of its configuration replaced. */
export function fixtureFleet(config: Partial<Config["spec"]> = {}): FleetReading {
  const reading = readFleet(folderSnapshot(FIXTURE_FLEET));
  const { fleet } = reading;
  return { ...reading, fleet: { ...fleet, config: { ...fleet.config, spec: { ...fleet.config.spec, ...config } } } };
}

export const argocdConfig: Partial<Config["spec"]> = {
  delivery: "argocd",
  argocd: {
    namespace: "argocd",
    repoURL: "https://git.meridian-retail.example/platform/agents.git",
    targetRevision: "HEAD",
  },
};
