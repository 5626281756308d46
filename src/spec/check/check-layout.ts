import { distance } from "fastest-levenshtein";
import type { Snapshot } from "../../domain/fleet.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { agentPath } from "../read/agent-path.ts";
import { missingChart } from "../read/read-chart.ts";

/** Where the document of each kind is read; another place is read by nobody. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ["Config", "raos.yaml"],
  ["Agent", "agents/<tenant>/<name>.yaml"],
  ["Tenant", "tenants/<tenant>.yaml"],
  ["AgentTemplate", "templates/<name>.yaml"],
  ["Model", "models/<name>.yaml"],
  ["Guardrail", "policies/<name>.yaml"],
  ["Remedy", "policies/<name>.yaml"],
]);
/** Most documents in wrong places that are named. */
const MOST = 20;

/**
 * Problems of a folder as a whole: that it holds no agents, or documents of RAOS lie where nothing reads them. Documents in a
 * folder with a raos.yaml of its own belong to that one. With agents in the right place, others count as misplaced only where
 * their folder's name is nearly the right one: they may be examples. `load` says which files may be read.
 */
export function layoutProblems(snapshot: Snapshot, load: (path: Path) => boolean, config: Config): readonly Problem[] {
  return [...misplacedProblems(snapshot, load), ...chartProblems(snapshot, config)];
}

/** The chart is missing at its path in a repository that clusters deploy from: every release would fail. */
function chartProblems(snapshot: Snapshot, { spec }: Config): readonly Problem[] {
  const isDeployed = ["clusters", "deploy"].some((folder) => [...snapshot.list(folder)].length > 0);
  if (!("path" in spec.chart) || !isDeployed) return [];
  const { path } = spec.chart;
  if (snapshot.oid(`${path}/Chart.yaml`) !== undefined) return [];
  return [missingChart(path)];
}

function misplacedProblems(snapshot: Snapshot, load: (path: Path) => boolean): readonly Problem[] {
  const paths = [...snapshot.list("")];
  const hasConfig = snapshot.oid("raos.yaml") !== undefined;
  const hasAgents = paths.some((path) => agentPath(path) !== undefined);
  const roots = paths
    .filter((path) => path.endsWith("/raos.yaml") && load(path) && kindOf(path, snapshot) === "Config")
    .map((path) => path.slice(0, -"raos.yaml".length))
    .toSorted((a, b) => a.split("/").length - b.split("/").length);
  if (!hasConfig && !hasAgents && roots.length > 0) return [elsewhere(roots)];
  const misplaced = paths.flatMap((path) => {
    if (
      KNOWN.test(path) ||
      roots.some((root) => path.startsWith(root)) ||
      !load(path) ||
      !/\.(?:ya?ml|json)$/i.test(path)
    )
      return [];
    const kind = kindOf(path, snapshot);
    const place = PLACES.get(kind ?? "");
    return place === undefined || (hasAgents && !isNearly(path, place)) ? [] : [misplacedAt(path, kind ?? "", place)];
  });
  if (hasAgents || misplaced.length > 0) return misplaced.slice(0, MOST);
  const message = hasConfig
    ? "there are no agents: the spec of one is agents/<tenant>/<name>.yaml"
    : "there is neither raos.yaml nor an agent in agents/<tenant>/ here; raos init writes the first ones";
  return [problemOf("raos.yaml", message)];
}

function elsewhere(roots: readonly string[]): Problem {
  const named = roots.slice(0, 3).map((root) => root.slice(0, -1));
  return problemOf(
    "raos.yaml",
    `there is no raos.yaml at the top of this folder, but in ${named.join(", ")}: name that folder, or with --repo give it as --path`,
  );
}

function misplacedAt(path: Path, kind: string, place: string): Problem {
  return problemOf(path, `nothing reads this ${kind}: it belongs in ${place}`);
}

function problemOf(file: Path, message: string): Problem {
  return { file, line: 1, column: 1, pointer: "", message };
}

/** Files that are read, generated or shipped, in which nothing is misplaced. */
const KNOWN = /^(?:raos\.(?:ya?ml|json)$|(?:agents|tenants|templates|models|policies|deploy|charts|schema)\/)/;

/** The kind that a document of RAOS says it is; undefined for every other file. */
function kindOf(path: Path, snapshot: Snapshot): string | undefined {
  const text = Buffer.from(snapshot.read(path).subarray(0, 4096)).toString("utf8");
  if (!/^\s{0,8}"?apiVersion"?: {0,8}"?raos\.dev\//m.test(text)) return undefined;
  return /^\s{0,8}"?kind"?: {0,8}"?([A-Za-z]{1,40})/m.exec(text)?.[1];
}

/** Whether the first folder is nearly the one of the place: `agent`, `Agents`, `policy`. */
function isNearly(path: Path, place: string): boolean {
  const [first = ""] = path.split("/");
  const [wanted = ""] = place.split("/");
  return (
    path.includes("/") === place.includes("/") && distance(first.toLowerCase(), wanted) <= (wanted.length > 7 ? 3 : 2)
  );
}
