import { availableParallelism } from "node:os";
import { CHART_COPIES } from "../../domain/deployed/deploy-path.ts";
import { deployDir, tenantFiles } from "../../domain/fleet.ts";
import type { Oid, Path, Sha } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../../git/git-place.ts";
import { folderPaths } from "../../git/objects/folder-paths.ts";
import type { ObjectReader } from "../../git/objects/object-reader.ts";
import { diffTree, listFolders, listTree } from "../../git/objects/tree.ts";
import { isRegular } from "../../git/objects/tree-entry.ts";
import { looksLikeAgent } from "../../spec/read/agent-path.ts";
import { createThreadReader } from "../threads/thread-reader.ts";
import { createGitBytes, specBytesOf } from "./git-bytes.ts";
import { AGENTS_KEPT, createLocalReader } from "./local-reader.ts";
import { readSlice } from "./slice-snapshot.ts";
import type { DeployedTenants, SpecFile, SurveySource } from "./source.ts";

/** With fewer spec files, starting threads costs more time than it saves. */
const WORTH_THREADS = 400;
const SHARED: readonly Path[] = [
  "raos.yaml",
  "raos.yml",
  "raos.json",
  "RAOS.yaml",
  "tenants/",
  "templates/",
  "models/",
];

/** A commit of a repository, as a survey reads it from a folder, which is the top for `objects`. The caller closes `objects`. */
export function gitSource(place: GitPlace, objects: ObjectReader, sha: Sha, below: Path): SurveySource {
  const { outer, inner } = folderPaths(below);
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
    below,
    async shared() {
      const key = await rootIds(SHARED.map((path) => path.replace("/", "")));
      return { key, load: () => readSlice(objects, sha, SHARED) };
    },
    async chart(path) {
      const read = await objects.at(sha, path);
      const tree = read.kind === "object" && read.type === "tree" ? read.oid : "-";
      return { key: `${path} ${tree}`, load: () => readSlice(objects, sha, [`${path}/`]) };
    },
    async specs() {
      const files: SpecFile[] = [];
      for await (const { mode, path, oid } of listTree(place, sha, outer("agents"))) {
        const spec = inner(path);
        if (spec !== undefined && isRegular(mode) && looksLikeAgent(spec)) files.push({ path: spec, oid });
      }
      return files;
    },
    async changedSince(before) {
      const changes = await diffTree(place, before, sha);
      return changes?.flatMap(({ path, after, mode }) => {
        const own = inner(path);
        return own === undefined ? [] : [{ path: own, after: isRegular(mode) ? after : undefined }];
      });
    },
    async file(path) {
      const read = await objects.at(sha, path);
      return read.kind === "object" && read.type === "blob" ? read.bytes : undefined;
    },
    bytes: async (file) => specBytesOf(await objects.object(file.oid)),
    async deployed(keys, environments) {
      if (keys === "all") return allFolders(place, sha, below);
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
      if (expected < WORTH_THREADS || threads === 1)
        return createLocalReader(createGitBytes(objects, sha), fleet, AGENTS_KEPT);
      // Functions cannot be sent to a thread.
      const { facts: _, callers: __, someAgentsOf: ___, ...shared } = fleet;
      // Where the fleet does not fit into memory, no agent is kept: keeping a part of it would save little.
      const kept = expected <= AGENTS_KEPT * threads ? AGENTS_KEPT : 0;
      return createThreadReader({ place, sha, below, shared, kept }, threads);
    },
  };
}

type Listing = readonly { readonly mode: string; readonly path: Path; readonly oid: Oid }[];

async function tenantsBelow(folder: (path: Path) => Promise<Listing>): Promise<DeployedTenants> {
  const all = new Map<string, Map<string, Map<Path, Oid>>>();
  for (const environment of (await folder("deploy")).filter(isFolder)) {
    if (environment.path === CHART_COPIES) continue;
    const tenants = (await folder(environment.path)).filter(isFolder).map((entry) => nameOf(entry.path));
    // Only what keeps the folder is left.
    if (tenants.length === 0) continue;
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
  for (const { path, oid } of await chartCopies(folder)) {
    const [environment = "", tenant = ""] = path.slice(CHART_COPIES.length + 1).split("/");
    const tenants = all.get(environment) ?? new Map<string, Map<Path, Oid>>();
    const files = tenants.get(tenant) ?? new Map<Path, Oid>();
    all.set(environment, tenants.set(tenant, files.set(path, oid)));
  }
  return all;
}

/** The folders `deploy/_charts/<environment>/<tenant>`. */
async function chartCopies(folder: (path: Path) => Promise<Listing>): Promise<Listing> {
  const environments = (await folder(CHART_COPIES)).filter(isFolder);
  const below = await Promise.all(environments.map(({ path }) => folder(path)));
  return below.flat().filter(isFolder);
}

/** Every `deploy/<environment>/<tenant>/<name>` of a commit with its tree. */
async function allFolders(place: GitPlace, sha: Sha, below: Path): Promise<ReadonlyMap<Path, Oid>> {
  const { outer, inner } = folderPaths(below);
  const found = new Map<Path, Oid>();
  for await (const entry of listFolders(place, sha, outer("deploy"), 3)) {
    const path = inner(entry.path);
    if (path?.split("/").length === 4 && !path.startsWith(`${CHART_COPIES}/`)) found.set(path, entry.oid);
  }
  return found;
}

function isFolder(entry: { readonly mode: string }): boolean {
  return entry.mode === "040000";
}

function nameOf(path: Path): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
