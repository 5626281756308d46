import { deployDir, type Snapshot, tenantFiles } from "../../domain/fleet.ts";
import { treeOid } from "../../domain/values/object-id.ts";
import type { Oid, Path } from "../../domain/values/scalars.ts";
import { looksLikeAgent } from "../../spec/read/agent-path.ts";
import { AGENTS_KEPT, createLocalReader } from "./local-reader.ts";
import type { DeployedTenants, SurveySource } from "./source.ts";

/** A snapshot in memory, as a survey reads it: the files of a working folder. */
export function folderSource(snapshot: Snapshot): SurveySource {
  const specOf = (path: Path) => ({ path, oid: snapshot.oid(path) ?? "" });
  return {
    sha: snapshot.sha,
    shared: async () => ({ key: "", load: async () => snapshot }),
    specs: async () => [...snapshot.list("agents")].filter(looksLikeAgent).map(specOf),
    changedSince: async () => undefined,
    file: async (path) => (snapshot.oid(path) === undefined ? undefined : snapshot.read(path)),
    bytes: async (file) => snapshot.read(file.path),
    async deployed(keys, environments) {
      const all = deployedFolders(snapshot);
      if (keys === "all") return all;
      const wanted = new Set(keys.flatMap((key) => environments.map((environment) => deployDir(environment, key))));
      return new Map([...all].filter(([path]) => wanted.has(path)));
    },
    async deployedTenants() {
      return { key: "", load: async () => tenantsIn(snapshot) };
    },
    async reader(fleet) {
      const bytes = {
        specs: async (files: readonly { readonly path: Path }[]) => files.map((file) => snapshot.read(file.path)),
        path: async (path: Path) => (snapshot.oid(path) === undefined ? undefined : snapshot.read(path)),
      };
      return createLocalReader(bytes, fleet, AGENTS_KEPT);
    },
  };
}

/** `deploy/<environment>/<tenant>/<name>` → id of its Git tree; a folder with subfolders has an id that no agent has. */
function deployedFolders(snapshot: Snapshot): ReadonlyMap<Path, Oid> {
  const files = new Map<Path, { readonly name: string; readonly oid: Oid }[]>();
  for (const path of snapshot.list("deploy")) {
    const parts = path.split("/");
    if (parts.length < 5) continue;
    const folder = parts.slice(0, 4).join("/");
    const list = files.get(folder) ?? [];
    list.push({ name: parts.slice(4).join("/"), oid: snapshot.oid(path) ?? "" });
    files.set(folder, list);
  }
  return new Map([...files].map(([folder, list]) => [folder, treeOid(list)]));
}

function tenantsIn(snapshot: Snapshot): DeployedTenants {
  const all = new Map<string, Map<string, Map<Path, Oid>>>();
  for (const path of snapshot.list("deploy")) {
    const [, environment = "", tenant = "", file = ""] = path.split("/");
    if (file === "") continue;
    const tenants = all.get(environment) ?? new Map<string, Map<Path, Oid>>();
    const files = tenants.get(tenant) ?? new Map<Path, Oid>();
    if (tenantFiles(environment, tenant).includes(path)) files.set(path, snapshot.oid(path) ?? "");
    all.set(environment, tenants.set(tenant, files));
  }
  return all;
}
