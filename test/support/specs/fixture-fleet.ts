import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Snapshot } from "../../../src/domain/fleet.ts";
import type { Config } from "../../../src/domain/kinds/kinds.ts";
import { type FleetReading, readFleet } from "../../../src/spec/read/read-fleet.ts";
import { snapshotOf } from "./snapshot.ts";

/** The folder of the realistic fleet that the project ships. */
export const FIXTURE_FLEET = resolve(import.meta.dirname, "../../../fixtures/fleet");

/** A folder's files as a snapshot; `replace` gives files another text, or takes them away. */
export function folderSnapshot(root: string, replace: ReadonlyMap<string, string | undefined> = new Map()): Snapshot {
  const files = new Map<string, Uint8Array | string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(root, path).split(sep).join("/"), readFileSync(path));
  }
  for (const [path, text] of replace) text === undefined ? files.delete(path) : files.set(path, text);
  return snapshotOf(Object.fromEntries(files));
}

/** The texts of the fixture fleet, without its tenants' owners: these are teams of another organisation than the test's. */
export function fixtureFiles(): Readonly<Record<string, string>> {
  const names = readdirSync(FIXTURE_FLEET, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(FIXTURE_FLEET, name)).isFile(),
  );
  const text = (name: string) => readFileSync(join(FIXTURE_FLEET, name), "utf8").replace(/^ {2}owners: .*\n/m, "");
  return Object.fromEntries(names.map((name) => [name, text(name)]));
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
