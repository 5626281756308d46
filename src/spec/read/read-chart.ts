import { createHash } from "node:crypto";
import * as z from "zod";
import type { ChartCopy } from "../../domain/deployed/chart-copy.ts";
import { DIGEST_KEY } from "../../domain/deployed/values-digest.ts";
import type { Snapshot } from "../../domain/fleet.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import { blobOid, nestedTreeOid } from "../../domain/values/object-id.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { applyEdits } from "../edit/edit.ts";
import { problemAt } from "../problems/problems.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import { pathFault } from "./prompt.ts";

/** The chart in the repository; `copy` undefined where there is none, or it has Problems. */
export interface ChartReading {
  readonly copy: ChartCopy | undefined;
  readonly problems: readonly Problem[];
}

const NO_CHART: ChartReading = { copy: undefined, problems: [] };
/** What `raos init` notes in the chart of where its files come from. */
export const ORIGIN_FILE = ".raos-origin.json";
/** Files at the top of the chart that no release depends on: a change of these is nothing to deploy. */
const LEFT_OUT: ReadonlySet<Path> = new Set([ORIGIN_FILE, "README.md"]);

/** Each tenant and environment has a copy, and each copy is in a pull request. */
const MOST_FILES = 200;
const MOST_BYTES = 1024 * 1024;
const DIGEST = 12;
const INSTEAD = "or publish the chart to an OCI registry and set spec.chart to that";

/**
 * Reads the chart that raos.yaml names by a path, and makes of it what tenants' copies have to be: its files as they are, and its
 * version with a digest of them all. Helm's tools take two charts of one version for the same chart: without the digest Flux
 * would not deploy a changed one. Build metadata after a "+" is how Flux itself tells commits apart, and charts expect it.
 */
export function readChart(snapshot: Snapshot, config: Config): ChartReading {
  const { chart } = config.spec;
  if ("oci" in chart) return NO_CHART;
  const main = `${chart.path}/${HEAD}`;
  if (snapshot.oid(main) === undefined) return NO_CHART;
  const read = readFiles(snapshot, chart.path);
  if (!(read instanceof Map)) return failed(read);
  const digest = createHash("sha256")
    .update(JSON.stringify([...read]))
    .digest("hex")
    .slice(0, DIGEST);
  const head = copiedHead(main, read.get(HEAD) ?? "", digest);
  if (!("version" in head)) return failed(head);
  const files = new Map(read).set(HEAD, head.text);
  const tree = nestedTreeOid(new Map([...files].map(([path, text]) => [path, blobOid(text)])));
  return { copy: { version: head.version, files, tree, knowsDigest: knowsDigest(files) }, problems: [] };
}

/** Whether the chart's schema has a property for the digest. A chart that only lets any value pass would not show it. */
function knowsDigest(files: ReadonlyMap<Path, string>): boolean {
  try {
    return Schema.safeParse(JSON.parse(files.get("values.schema.json") ?? "null")).success;
  } catch {
    return false;
  }
}

const Schema = z.object({ properties: z.object({ [DIGEST_KEY]: z.looseObject({}) }) });

/** The chart's folder that a raos.yaml names, or the standard one: also where the file has Problems, which others report. */
export function chartPathIn(config: Uint8Array | undefined): Path {
  const read = Named.safeParse(config === undefined ? undefined : readYaml("raos.yaml", config).documents[0]?.value);
  const path = read.success ? read.data.spec.chart.path : undefined;
  return path === undefined || pathFault(path) !== undefined ? STANDARD_PATH : path;
}

const STANDARD_PATH = "charts/agent";
const Named = z.object({ spec: z.object({ chart: z.object({ path: z.string() }) }) });

/** That a repository from which agents are deployed lacks its chart. */
export function missingChart(path: Path): Problem {
  return problemIn(
    "raos.yaml",
    `there is no chart in ${path}/; raos init writes it, or set spec.chart to an OCI registry`,
  );
}

/** The chart's files by path below its folder, sorted; or why they cannot be copied. */
function readFiles(snapshot: Snapshot, folder: Path): Map<Path, string> | Problem {
  const files = new Map<Path, string>();
  let size = 0;
  for (const path of snapshot.list(folder)) {
    const name = path.slice(folder.length + 1);
    if (LEFT_OUT.has(name)) continue;
    const bytes = snapshot.read(path);
    size += bytes.length;
    if (size > MOST_BYTES || files.size === MOST_FILES)
      return problemIn(
        path,
        `with this file the chart has more than ${MOST_FILES} files, or more than ${MOST_BYTES / 1024} KiB, which is too much for a copy for each tenant; take out what is not needed, ${INSTEAD}`,
      );
    const text = Buffer.from(bytes).toString("utf8");
    if (text.includes("\0") || !Buffer.from(text).equals(bytes))
      return problemIn(
        path,
        `the chart holds a file that is not UTF-8 text, which RAOS cannot copy; unpack it, take it out, ${INSTEAD}`,
      );
    files.set(name, text);
  }
  return files;
}

/** A version as Helm takes it: SemVer 2, of which parts may be missing. */
const VERSION = /^v?\d{1,9}(\.\d{1,9}){0,2}(-[0-9A-Za-z.-]{1,64})?(\+[0-9A-Za-z.-]{1,64})?$/;
const HEAD = "Chart.yaml";

/** Chart.yaml with a digest of all files in its version, and a comment that says where it comes from; or its Problem. */
function copiedHead(
  file: Path,
  text: string,
  digest: string,
): { readonly version: string; readonly text: string } | Problem {
  const reading = readYaml(file, Buffer.from(text));
  const [document] = reading.documents;
  if (document === undefined) return reading.problems[0] ?? problemIn(file, "is no chart; write name and version");
  const read = Head.safeParse(document.value);
  if (!read.success || !VERSION.test(read.data.version))
    return problemAt(document, "/version", "the chart needs a version; write one such as version: 0.1.0");
  const local = read.data.dependencies.findIndex(({ repository }) => repository.startsWith("file:"));
  if (local >= 0)
    return problemAt(
      document,
      `/dependencies/${local}/repository`,
      `a folder beside the chart is not there beside a copy of it; put the dependency into the chart's own charts/ folder, ${INSTEAD}`,
    );
  const { version } = read.data;
  const whole = `${version}${version.includes("+") ? "." : "+"}${digest}`;
  const edit = { kind: "set", agent: "", file, at: "/version", from: version, to: whole, why: "", by: "rule" } as const;
  const folder = file.slice(0, -HEAD.length - 1);
  const head = `# Generated by RAOS from ${folder}/; edit that folder instead.\n`;
  return { version: whole, text: head + applyEdits(text, [edit]) };
}

const Head = z.object({
  version: z.string(),
  dependencies: z.array(z.object({ repository: z.string().default("") })).default([]),
});

function problemIn(file: Path, message: string): Problem {
  return { file, line: 1, column: 1, pointer: "", message };
}

function failed(problem: Problem): ChartReading {
  return { copy: undefined, problems: [problem] };
}
