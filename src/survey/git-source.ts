import { availableParallelism } from "node:os";
import { deployDir } from "../domain/fleet.ts";
import type { Oid, Path, Sha } from "../domain/scalars.ts";
import type { GitPlace } from "../git/git-place.ts";
import { openObjectReader } from "../git/object-reader.ts";
import { diffTree, entries, folders, tree } from "../git/tree.ts";
import { isRegular } from "../git/tree-entry.ts";
import { looksLikeAgent } from "../spec/agent-path.ts";
import { bytesOf, openGitBytes } from "./git-bytes.ts";
import { localReader } from "./local-reader.ts";
import { sliceSnapshot } from "./slice-snapshot.ts";
import type { SpecFile, SurveySource } from "./source.ts";
import { threadReader } from "./thread-reader.ts";

/** Below so many spec files, starting threads costs more than it saves. */
const WORTH_THREADS = 400;

/** A repository at a commit, as a survey reads it. `close` ends its Git process. */
export function gitSource(place: GitPlace, sha: Sha): SurveySource & { close(): Promise<void> } {
  const objects = openObjectReader(place);
  const folder = async (path: Path) => (await objects.list(sha, path)) ?? [];
  return {
    sha,
    close: () => objects.close(),
    shared: () =>
      sliceSnapshot(place, sha, ["raos.yaml", "raos.yml", "raos.json", "RAOS.yaml", "tenants/", "templates/"]),
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
    async resolve(paths) {
      const found = await entries(place, sha, paths);
      return found
        .filter((entry) => isRegular(entry.mode) && looksLikeAgent(entry.path))
        .map(({ path, oid }) => ({ path, oid }));
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
      const environments = (await folder("deploy")).filter(isFolder);
      const all = new Map<string, Map<string, Oid | undefined>>();
      for (const environment of environments) {
        const tenants = (await folder(environment.path)).filter(isFolder);
        const files = await Promise.all(tenants.map((tenant) => objects.at(sha, `${tenant.path}/tenant.yaml`)));
        all.set(
          nameOf(environment.path),
          new Map(tenants.map((tenant, index) => [nameOf(tenant.path), blobOf(files[index])])),
        );
      }
      return all;
    },
    async reader(fleet, expected) {
      const threads = availableParallelism();
      if (expected >= WORTH_THREADS && threads > 1) {
        const { facts: _, callers: __, ...shared } = fleet;
        return threadReader({ place, sha, shared }, threads);
      }
      const bytes = openGitBytes(place, sha);
      return localReader(bytes, fleet, bytes.close);
    },
  };
}

/** Every `deploy/<environment>/<tenant>/<name>` of a commit with its tree. */
async function allFolders(place: GitPlace, sha: Sha): Promise<ReadonlyMap<Path, Oid>> {
  const found = new Map<Path, Oid>();
  for await (const entry of folders(place, sha, "deploy", 3))
    if (entry.path.split("/").length === 4) found.set(entry.path, entry.oid);
  return found;
}

function isFolder(entry: { readonly mode: string }): boolean {
  return entry.mode === "040000";
}

function nameOf(path: Path): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function blobOf(
  read: { readonly kind: string; readonly type?: string; readonly oid?: Oid } | undefined,
): Oid | undefined {
  return read?.kind === "object" && read.type === "blob" ? read.oid : undefined;
}
