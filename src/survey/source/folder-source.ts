import { tenantOf } from "../../domain/agent-key.ts";
import { CHART_COPIES, chartDir, type DeployPath, parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import { deployDir, type Snapshot, tenantFiles } from "../../domain/fleet.ts";
import { nestedTreeOid } from "../../domain/values/object-id.ts";
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
    chart: async () => ({ key: "", load: async () => snapshot }),
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

/** `deploy/<environment>/<tenant>/<name>` → id of its Git tree. */
function deployedFolders(snapshot: Snapshot): ReadonlyMap<Path, Oid> {
  return treesOf(snapshot, (path) => (path.kind === "agent" ? deployDir(path.environment, path.agent) : undefined));
}

function tenantsIn(snapshot: Snapshot): DeployedTenants {
  const all = new Map<string, Map<string, Map<Path, Oid>>>();
  const filesOf = (environment: string, tenant: string) => {
    const tenants = all.get(environment) ?? new Map<string, Map<Path, Oid>>();
    const files = tenants.get(tenant) ?? new Map<Path, Oid>();
    all.set(environment, tenants.set(tenant, files));
    return files;
  };
  for (const path of snapshot.list("deploy")) {
    const parsed = parseDeployPath(path);
    if (parsed === undefined) continue;
    const { environment } = parsed;
    const tenant = parsed.kind === "agent" ? tenantOf(parsed.agent) : parsed.tenant;
    const files = filesOf(environment, tenant);
    if (parsed.kind === "tenant" && tenantFiles(environment, tenant).includes(path))
      files.set(path, snapshot.oid(path) ?? "");
  }
  const copies = treesOf(snapshot, (path) =>
    path.kind === "chart" ? chartDir(path.environment, path.tenant) : undefined,
  );
  for (const [folder, tree] of copies) {
    const [environment = "", tenant = ""] = folder.slice(CHART_COPIES.length + 1).split("/");
    filesOf(environment, tenant).set(folder, tree);
  }
  return all;
}

/** The ids of the trees of folders below `deploy/`, of which `folderOf` says which a file belongs to. */
function treesOf(snapshot: Snapshot, folderOf: (path: DeployPath) => Path | undefined): ReadonlyMap<Path, Oid> {
  const files = new Map<Path, Map<Path, Oid>>();
  for (const path of snapshot.list("deploy")) {
    const parsed = parseDeployPath(path);
    const folder = parsed === undefined ? undefined : folderOf(parsed);
    if (parsed === undefined || folder === undefined) continue;
    const list = files.get(folder) ?? new Map<Path, Oid>();
    files.set(folder, list.set(parsed.file, snapshot.oid(path) ?? ""));
  }
  return new Map([...files].map(([folder, list]) => [folder, nestedTreeOid(list)]));
}
