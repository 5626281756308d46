import { availableParallelism } from "node:os";
import { deployDir, tenantFiles } from "../domain/fleet.ts";
import type { Oid, Path, Sha } from "../domain/scalars.ts";
import type { GitPlace } from "../git/git-place.ts";
import type { ObjectReader } from "../git/object-reader.ts";
import { diffTree, folders, tree } from "../git/tree.ts";
import { isRegular } from "../git/tree-entry.ts";
import { looksLikeAgent } from "../spec/agent-path.ts";
import { bytesOf, gitBytes } from "./git-bytes.ts";
import { AGENTS_KEPT, localReader } from "./local-reader.ts";
import { sliceSnapshot } from "./slice-snapshot.ts";
import type { DeployedTenants, SpecFile, SurveySource } from "./source.ts";
import { threadReader } from "./thread-reader.ts";

/** Below so many spec files, starting threads costs more than it saves. */
const WORTH_THREADS = 400;
const SHARED: readonly Path[] = ["raos.yaml", "raos.yml", "raos.json", "RAOS.yaml", "tenants/", "templates/"];

/** A repository at a commit, as a survey reads it, through a reader that outlives the survey. */
export function gitSource(place: GitPlace, objects: ObjectReader, sha: Sha): SurveySource {
  const folder = async (path: Path) => (await objects.list(sha, path)) ?? [];
  const rootIds = async (names: readonly string[]) => {
    const entries = await folder("");
    return entries
      .filter((entry) => names.includes(entry.path))
      .map((entry) => `${entry.mode} ${entry.oid} ${entry.path}`)
      .join("\n");
  };
  return {
    sha,
    async shared() {
      const key = await rootIds(SHARED.map((path) => path.replace("/", "")));
      return { key, load: () => sliceSnapshot(objects, sha, SHARED) };
    },
    async specs() {
      const files: SpecFile[] = [];
      for await (const { mode, path, oid } of tree(place, sha, "agents")) {
        if (isRegular(mode) && looksLikeAgent(path)) files.push({ path, oid });
      }
      return files;
    },
    async changedSince(before) {
      const changes = await diffTree(place, before, sha);
      return changes?.map(({ path, after, mode }) => ({ path, after: isRegular(mode) ? after : undefined }));
    },
    bytes: async (file) => bytesOf(await objects.object(file.oid)),
    async deployed(keys, environments) {
      if (keys === "all") return allFolders(place, sha);
      const paths = keys.flatMap((key) => environments.map((environment) => deployDir(environment, key)));
      const read = await Promise.all(paths.map((path) => objects.at(sha, path)));
      return new Map(
        read.flatMap((one, index): [Path, Oid][] =>
          one.kind === "object" && one.type === "tree" ? [[paths[index] ?? "", one.oid]] : [],
        ),
      );
    },
    async deployedTenants() {
      return { key: await rootIds(["deploy"]), load: () => tenantsBelow(folder) };
    },
    async reader(fleet, expected) {
      const threads = availableParallelism();
      if (expected < WORTH_THREADS || threads === 1) return localReader(gitBytes(objects, sha), fleet, AGENTS_KEPT);
      const { facts: _, callers: __, ...shared } = fleet;
      // Of a fleet that does not fit, none is kept: what is kept of it would cost memory and save little.
      const kept = expected <= AGENTS_KEPT * threads ? AGENTS_KEPT : 0;
      return threadReader({ place, sha, shared, kept }, threads);
    },
  };
}

type Listing = readonly { readonly mode: string; readonly path: Path; readonly oid: Oid }[];

async function tenantsBelow(folder: (path: Path) => Promise<Listing>): Promise<DeployedTenants> {
  const all = new Map<string, ReadonlyMap<string, ReadonlyMap<Path, Oid>>>();
  for (const environment of (await folder("deploy")).filter(isFolder)) {
    const tenants = (await folder(environment.path)).filter(isFolder).map((entry) => nameOf(entry.path));
    const held = await Promise.all(tenants.map((tenant) => folder(`${environment.path}/${tenant}`)));
    const files = (tenant: string, entries: Listing) => {
      const own = tenantFiles(nameOf(environment.path), tenant);
      return new Map(
        entries.filter(({ mode, path }) => isRegular(mode) && own.includes(path)).map(({ path, oid }) => [path, oid]),
      );
    };
    all.set(
      nameOf(environment.path),
      new Map(tenants.map((tenant, index) => [tenant, files(tenant, held[index] ?? [])])),
    );
  }
  return all;
}

/** Every `deploy/<environment>/<tenant>/<name>` of a commit with its tree. */
async function allFolders(place: GitPlace, sha: Sha): Promise<ReadonlyMap<Path, Oid>> {
  const found = new Map<Path, Oid>();
  for await (const entry of folders(place, sha, "deploy", 3)) {
    if (entry.path.split("/").length === 4) found.set(entry.path, entry.oid);
  }
  return found;
}

function isFolder(entry: { readonly mode: string }): boolean {
  return entry.mode === "040000";
}

function nameOf(path: Path): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
