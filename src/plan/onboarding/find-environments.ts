import type { FoundEnvironments } from "../../domain/review/onboarding.ts";
import { isMapping } from "../../domain/values/json.ts";
import { DnsLabel, type Json, type Path } from "../../domain/values/scalars.ts";

/** A spec or tenant file, parsed. */
export interface ParsedFile {
  readonly path: Path;
  readonly value: Json;
}

/** Words for environments in the order in which a change usually reaches them. */
const KNOWN = [
  ...["local", "sandbox", "dev", "develop", "development", "ci", "test", "testing", "int", "integration"],
  ...[
    "qa",
    "uat",
    "demo",
    "stage",
    "staging",
    "preprod",
    "pre-prod",
    "preview",
    "canary",
    "prod",
    "production",
    "live",
  ],
];
/** Folders below which each environment has one of its own. */
const PARENTS = /(?:^|\/)(?:overlays|environments|envs|env|clusters|stages)\/([^/]{1,63})\//;
/** What lies beside environments in such folders. */
const NOT_ENVIRONMENTS = new Set([
  "base",
  "bases",
  "common",
  "shared",
  "default",
  "components",
  "modules",
  "flux-system",
]);
/** Most folders that are taken for environments where their names are none of the known words. */
const MOST_FOLDERS = 6;
const MOST_NAMED = 3;
/** What raos.yaml may hold. */
const MOST = 32;
/** What `raos init` writes. */
const SUGGESTED = ["staging", "production"];

/**
 * The environments that specs and tenants name, and those that have a folder, such as overlays/staging/ or clusters/production/.
 * Where many folders have names of another kind, only those with the usual words count. `paths`: paths of the repository.
 */
export function findEnvironments(files: readonly ParsedFile[], paths: readonly Path[]): FoundEnvironments {
  const named = files.flatMap(({ path, value }) => environmentsIn(value).map((name) => ({ name, place: path })));
  const folders = foldersIn(paths);
  const usual = folders.filter(({ name }) => KNOWN.includes(name));
  const isFew = new Set(folders.map(({ name }) => name)).size <= MOST_FOLDERS;
  // Where specs name environments, another folder's name is probably that of a cluster or a region.
  const ofFolders = named.length === 0 && usual.length === 0 && isFew ? folders : usual;
  const found = [...named, ...ofFolders].filter(({ name }) => DnsLabel.safeParse(name).success);
  const names = [...new Set(found.map(({ name }) => name))].sort(byStage).slice(0, MOST);
  if (names.length === 0) return { names: SUGGESTED, places: [] };
  return { names, places: [...new Set(found.map(({ place }) => place))].slice(0, MOST_NAMED) };
}

/** Names of overlays in an agent's spec, and the environments of a tenant. */
function environmentsIn(file: Json): readonly string[] {
  const spec = isMapping(file) ? file.spec : undefined;
  const environments = isMapping(spec) ? spec.environments : undefined;
  if (isMapping(environments)) return Object.keys(environments);
  return Array.isArray(environments) ? environments.filter((name) => typeof name === "string") : [];
}

function foldersIn(paths: readonly Path[]): readonly { readonly name: string; readonly place: Path }[] {
  const found = new Map<string, Path>();
  for (const path of paths) {
    const match = PARENTS.exec(path);
    const name = match?.[1];
    if (name === undefined || match === null || found.has(name) || NOT_ENVIRONMENTS.has(name)) continue;
    found.set(name, path.slice(0, match.index + match[0].length));
  }
  return [...found].map(([name, place]) => ({ name, place }));
}

/** By the usual order; names that are no known word come first, sorted, since production is last. */
function byStage(a: string, b: string): number {
  const [one, other] = [KNOWN.indexOf(a), KNOWN.indexOf(b)];
  return one - other || (a < b ? -1 : 1);
}
