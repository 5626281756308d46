import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compile, compileTenant } from "../src/compile/index.ts";
import type { Snapshot } from "../src/domain/fleet.ts";
import type { Path } from "../src/domain/values/scalars.ts";
import { readFleet } from "../src/spec/read/read-fleet.ts";
import { fleetFiles } from "./fleet.ts";

/**
 * A fleet whose every generated file is merged already, path → text; `config` is put in place of the fixture's addresses.
 * Every twelfth agent is a `triage-<n>`, which lets rules change its resources.
 */
export function settledFleet(count: number, config: (raos: string) => string): ReadonlyMap<Path, string> {
  return withGenerated(
    new Map(fleetFiles(count).map(({ path, text }) => [path, path === "raos.yaml" ? config(text) : text])),
  );
}

/** raos.yaml without the addresses of sources and of a model, which are not there. */
export function withoutSources(raos: string): string {
  return raos.replace(/^ {2}(prometheus|loki|alertmanager|model):.*\n(?: {4}.*\n)*/gm, "");
}

/** A settled fleet in a new bare repository below `folder`; returns its path. */
export function settledRepository(folder: string, count: number, config: (raos: string) => string): string {
  const work = join(folder, "work");
  for (const [path, text] of settledFleet(count, config)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-C", work, "-c", "user.name=bench", "-c", "user.email=bench@example.com", ...args]);
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message=A fleet");
  const bare = join(folder, "fleet.git");
  execFileSync("git", ["clone", "--quiet", "--bare", work, bare]);
  return bare;
}

/** These files of a fleet, and every one that is generated from them. Throws where a spec has a Problem. */
export function withGenerated(written: ReadonlyMap<Path, string>): ReadonlyMap<Path, string> {
  const files = new Map(written);
  const { fleet, agents, problems } = readFleet(snapshotOf(files));
  if (problems.length > 0) throw new Error(`${problems[0]?.file}: ${problems[0]?.message}`);
  const generated = [
    ...[...agents.values()].map((agent) => compile(agent, fleet)),
    ...[...fleet.tenants.keys()].map((tenant) => compileTenant(tenant, fleet)),
  ];
  for (const made of generated) for (const [path, text] of made) files.set(path, text);
  return files;
}

function snapshotOf(files: ReadonlyMap<Path, string>): Snapshot {
  const paths = [...files.keys()].sort();
  return {
    sha: "0".repeat(40),
    oid: (path) =>
      files.has(path)
        ? createHash("sha1")
            .update(files.get(path) ?? "")
            .digest("hex")
        : undefined,
    list: (prefix) => paths.filter((path) => prefix === "" || path.startsWith(`${prefix}/`)),
    read: (path) => Buffer.from(files.get(path) ?? ""),
  };
}

/** Keys of the agents of a settled fleet that a rule may change. */
export function changeable(count: number): readonly string[] {
  return fleetFiles(count)
    .map(({ path }) => path)
    .filter((path) => /^agents\/[^/]+\/triage-\d+\.yaml$/.test(path))
    .map((path) => path.slice("agents/".length, -".yaml".length));
}
