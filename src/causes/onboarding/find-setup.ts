import { yieldToOthers } from "../../deadline/slices.ts";
import type { FoundSetup } from "../../domain/review/onboarding.ts";
import type { Json, Path } from "../../domain/values/scalars.ts";
import { findDelivery, type TextFile } from "../../plan/onboarding/find-delivery.ts";
import { findEnvironments, type ParsedFile } from "../../plan/onboarding/find-environments.ts";
import { agentPath } from "../../spec/read/agent-path.ts";
import { readYaml } from "../../spec/yaml/read-yaml.ts";
import type { CommitView } from "../../survey/source/commit-view.ts";

/** Paths of the repository that are looked at. */
const MOST_PATHS = 50_000;
/** Files that are read to find what deploys the repository. */
const MOST_MANIFESTS = 200;
/** Specs and tenants that are read to find environments. */
const MOST_SPECS = 500;
/** Bytes of a manifest that are read. */
const HEAD = 65_536;

/** RAOS's own folders say nothing about what deploys the repository. */
const OWN = /^(agents|tenants|templates|models|policies|deploy|charts)\//;
/** Files with these words in their paths are read first. */
const LIKELY = /flux|gotk|argo|cluster|apps?\//i;

/** What lies in a commit that has agent specs and no raos.yaml. Reads a bounded part of it. Throws GitError. */
export async function findSetup(commit: CommitView): Promise<FoundSetup> {
  const paths = await commit.paths(MOST_PATHS);
  const specs = (await commit.source.specs()).map(({ path }) => path).sort();
  const tenants = paths.filter((path) => /^tenants\/[^/]+\.ya?ml$/.test(path));
  const others = paths.filter((path) => !OWN.test(path));
  const parsed = await parseFiles(commit, [...specs, ...tenants].slice(0, MOST_SPECS));
  return {
    specs,
    agents: specs.flatMap((path) => agentPath(path)?.key ?? []),
    delivery: findDelivery(await readManifests(commit, others)),
    environments: findEnvironments(parsed, others),
  };
}

async function readManifests({ source }: CommitView, paths: readonly Path[]): Promise<readonly TextFile[]> {
  const yaml = paths.filter((path) => /\.ya?ml$/i.test(path));
  const ranked = [...yaml.filter((path) => LIKELY.test(path)), ...yaml.filter((path) => !LIKELY.test(path))];
  const files: TextFile[] = [];
  for (const path of ranked.slice(0, MOST_MANIFESTS)) {
    const bytes = await source.file(path);
    if (bytes !== undefined) files.push({ path, text: Buffer.from(bytes.subarray(0, HEAD)).toString("utf8") });
  }
  return files;
}

async function parseFiles({ source }: CommitView, paths: readonly Path[]): Promise<readonly ParsedFile[]> {
  const files: ParsedFile[] = [];
  for (const path of paths) {
    await yieldToOthers();
    const bytes = await source.file(path);
    const value = bytes === undefined ? undefined : readYaml(path, bytes).documents[0]?.value;
    if (isJson(value)) files.push({ path, value });
  }
  return files;
}

/** YAML of the core schema is JSON, but for what the caller does not look at. */
function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}
