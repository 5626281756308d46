import type { ChangeSet, FileChange } from "../../domain/change-set.ts";
import { parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { isBot } from "../../git/bot.ts";
import type { History, Version } from "../../git/history/history.ts";
import type { Pass } from "../../pass/pass.ts";
import type { HandEdit } from "../../pr/caution/change-notes.ts";
import { filesToShow } from "../../pr/caution/chart-copies.ts";

/** Most files of one pull request of which the history is read. */
const MOST_FILES = 20;

/** Inputs that many agents share, beside the chart; a path that ends in "/" is a folder. */
const SHARED: readonly Path[] = ["raos.yaml", "tenants/", "templates/", "models/"];

/** Names of files that RAOS makes for agents, in this version or another. */
const GENERATED: ReadonlySet<string> = new Set([
  "values.yaml",
  "release.yaml",
  "kustomization.yaml",
  "application.yaml",
]);

/**
 * The generated files of a change that a person changed by hand, by Git's history: the file's last change is newer than every
 * input, and what RAOS wants is what the file held before it. Names in commits prove nothing, and are not asked for that. Throws
 * GitError.
 */
export async function findHandEdits({ commit, survey }: Pass, changes: ChangeSet): Promise<readonly HandEdit[]> {
  const files = filesToShow(changes.files).filter(({ path }) => isGenerated(path));
  const specs = changes.agents.map((key) => survey.pathOf(key)).filter((path) => path !== undefined);
  if (files.length === 0 || files.length > MOST_FILES || specs.length < changes.agents.length) return [];
  const prompts = changes.agents.flatMap((key) => survey.fleet.facts.get(key)?.prompts ?? []);
  const { chart } = survey.fleet.config.spec;
  const inputs = [...SHARED, "oci" in chart ? "charts/" : `${chart.path}/`, ...specs, ...prompts];
  const history = await commit.history([...files.map(({ path }) => path), ...inputs]);
  const newestInput = Math.min(...inputs.map((path) => newestOf(history, path)));
  const suspects = files.filter(({ path }) => newestOf(history, path) < newestInput);
  const found = await Promise.all(
    suspects.map(async (file) => handEditOf(file, await commit.versions(file.path, history))),
  );
  return found.filter((edit) => edit !== undefined);
}

/** Whether it is a file directly in an agent's folder, or one of a copy of the chart. */
function isGenerated(path: Path): boolean {
  const parsed = parseDeployPath(path);
  return parsed?.kind === "chart" || (parsed?.kind === "agent" && !parsed.file.includes("/"));
}

/** The number of a path's newest change: 0 is the newest of all; infinite where it has none. */
function newestOf(history: History, path: Path): number {
  return history.changesOf(path)[0]?.order ?? Number.POSITIVE_INFINITY;
}

function handEditOf({ path, text }: FileChange, versions: readonly Version[]): HandEdit | undefined {
  const [newest, ...older] = versions;
  if (newest === undefined || isBot(newest.author)) return undefined;
  const isForeign =
    text === undefined && parseDeployPath(path)?.kind === "agent" && !GENERATED.has(path.split("/").at(-1) ?? "");
  const isTakenBack =
    text !== undefined && older.some(({ bytes }) => bytes !== undefined && Buffer.from(bytes).toString() === text);
  if (!isForeign && !isTakenBack) return undefined;
  return { path, sha: newest.sha, author: newest.author.name, at: newest.at };
}
