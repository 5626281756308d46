import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { readAlerts } from "./domain/alert-payload.ts";
import type { Evidence } from "./domain/evidence.ts";
import type { Snapshot } from "./domain/fleet.ts";
import type { DropReason } from "./domain/incident.ts";
import type { Json, Path } from "./domain/scalars.ts";
import { elsewhereOf } from "./incidents/elsewhere.ts";
import { landed } from "./incidents/landed-edits.ts";
import type { Subject } from "./incidents/subject.ts";
import { summarise } from "./observe/log-summary.ts";
import { statsOf } from "./observe/prometheus.ts";
import { bound } from "./remedy/bound.ts";
import { consider } from "./remedy/consider.ts";
import { causeOf, incidentsOf } from "./remedy/incidents.ts";
import type { CompiledRemedy } from "./remedy/read-remedies.ts";
import { tryEdits } from "./spec/edit.ts";
import { readFleet } from "./spec/read-fleet.ts";

/** The folder of a remedy's fixtures: `fixtures/alerts/<remedy>/{alert.json, evidence.json, before/, after/, expect.json}`. */
export const REMEDY_FIXTURES = "fixtures/alerts";

/** What a fixture came to. */
export interface RemedyResult {
  readonly remedy: string;
  readonly passed: boolean;
  /** What was expected and what came of it, where they differ. */
  readonly problems: readonly string[];
  /** The files as the remedy's edits leave them. */
  readonly after: ReadonlyMap<Path, string>;
}

const JsonValue: z.ZodType<Json> = z.json();
const EvidenceFile = z.record(
  z.string(),
  z.union([
    z.strictObject({
      values: z.array(z.number()).min(1),
      unit: z.enum(["bytes", "cores", "seconds", "ratio", "count", "dollars"]).default("count"),
    }),
    z.strictObject({ lines: z.array(z.string()).min(1) }),
    z.strictObject({ value: JsonValue }),
    z.strictObject({ previous: z.strictObject({ spec: JsonValue }).nullable() }),
    z.strictObject({
      missing: z.enum(["not-configured", "unreachable", "timed-out", "refused", "empty", "too-large", "unreadable"]),
    }),
  ]),
);
const Expect = z.strictObject({
  outcome: z.enum(["edits", "ask", "report", "none"]).default("edits"),
  /** Why edits were dropped, one for each; left out: for whatever reasons. */
  dropped: z.array(z.string()).optional(),
  /** The cause it may share with other agents' alerts. */
  fold: z.string().optional(),
});

const NOW = Date.parse("2026-06-01T12:00:00Z");
const MINUTE = 60_000;

/** Runs one fixture, `<remedy>` or `<remedy>.<case>`: its alert about the agents of `before/` has to give the files of `after/`, byte for byte. */
export function remedyTest(fixture: string, files: Snapshot, remedies: readonly CompiledRemedy[]): RemedyResult {
  const [name = ""] = fixture.split(".");
  const folder = `${REMEDY_FIXTURES}/${fixture}`;
  const text = (path: Path) =>
    files.oid(path) === undefined ? undefined : Buffer.from(files.read(path)).toString("utf8");
  const failed = (...problems: readonly string[]): RemedyResult => ({
    remedy: name,
    passed: false,
    problems,
    after: new Map(),
  });
  const [payload, given, wanted] = ["alert.json", "evidence.json", "expect.json"].map((file) =>
    parsed(text(`${folder}/${file}`)),
  );
  const evidence = EvidenceFile.safeParse(given ?? {});
  const expect = Expect.safeParse(wanted ?? {});
  if (!evidence.success)
    return failed(`evidence.json: ${evidence.error.issues[0]?.path.join(".")}: ${evidence.error.issues[0]?.message}`);
  if (!expect.success) return failed(`expect.json: ${expect.error.issues[0]?.message}`);
  const reading = readAlerts(payload, NOW);
  if (reading.alerts.length === 0) return failed(`alert.json: ${reading.problems[0] ?? "it holds no alert"}`);
  const before = below(files, `${folder}/before`);
  const { fleet, agents, problems } = readFleet(before);
  if (problems.length > 0) return failed(...problems.map((one) => `before/${one.file}:${one.line} ${one.message}`));
  const { incidents, ignored } = incidentsOf(reading.alerts, fleet, remedies);
  const [incident] = incidents;
  if (incident === undefined)
    return failed(...ignored.map((one) => `the alert leads to nothing: ${one.reason}, ${one.message}`));
  if (incident.remedy !== name) return failed(`the alert is answered by ${incident.remedy}`);
  const remedy = remedies.find((one) => one.name === name);
  const agent = agents.get(incident.agent);
  const effective = agent?.environments.get(incident.environment);
  if (remedy === undefined || agent === undefined || effective === undefined)
    return failed(`there is no ${incident.agent}`);
  const spec: Json = JSON.parse(JSON.stringify(effective.spec));
  const subject: Subject = {
    incident,
    agent,
    environment: incident.environment,
    namespace: agent.facts.namespace,
    spec,
    versions: [],
    shared: fleet,
  };
  const seen = remedy.evidence.flatMap((one, index) => evidenceOf(one.name, `e${index + 1}`, evidence.data[one.name]));
  const considered = consider(remedy, {
    incident,
    agent: agent.key,
    environment: subject.environment,
    namespace: subject.namespace,
    spec,
    evidence: seen,
  });
  const kept = bound(considered.edits, {
    allowedPaths: effective.spec.supervision.allowedPaths ?? [],
    spec,
    recent: [],
    maxEdits: 10,
    evidenceIds: new Set(seen.map((one) => one.id)),
    now: NOW,
    cooldownMs: 0,
    tenant: fleet.tenants.get(agent.tenant),
    elsewhere: elsewhereOf(agent, incident.environment),
  });
  const edits = landed([subject], kept.edits);
  const after = new Map(
    [...Map.groupBy(edits, (edit) => edit.file)].map(([file, list]) => [
      file,
      tryEdits(Buffer.from(before.read(file)).toString("utf8"), list).text,
    ]),
  );
  return compared(fixture, files, {
    after,
    expect: expect.data,
    outcome: edits.length > 0 ? "edits" : remedy.otherwise,
    fold: causeOf(incident, remedy),
    dropped: [...considered.dropped, ...kept.dropped].map((one) => one.reason),
  });
}

function compared(
  name: string,
  files: Snapshot,
  came: {
    readonly after: ReadonlyMap<Path, string>;
    readonly expect: z.infer<typeof Expect>;
    readonly outcome: string;
    readonly fold: string | undefined;
    readonly dropped: readonly DropReason[];
  },
): RemedyResult {
  const { after, expect, outcome, dropped, fold } = came;
  const problems: string[] = [];
  if (outcome !== expect.outcome)
    problems.push(`expected ${expect.outcome}, got ${outcome} (dropped: ${list(dropped)})`);
  if (expect.fold !== undefined && fold !== expect.fold)
    problems.push(`expected the cause ${expect.fold}, got ${fold ?? "none"}`);
  if (expect.dropped !== undefined && !isDeepStrictEqual(expect.dropped.toSorted(), dropped.toSorted()))
    problems.push(`expected edits dropped as ${list(expect.dropped)}, got ${list(dropped)}`);
  const before = below(files, `${REMEDY_FIXTURES}/${name}/before`);
  const goal = below(files, `${REMEDY_FIXTURES}/${name}/after`);
  // What after/ does not hold has to stay as it is in before/.
  const isGiven = [...goal.list("")].length > 0;
  if (expect.outcome === "edits" && !isGiven) problems.push("there is no after/");
  for (const path of isGiven ? before.list("") : []) {
    const [got, want] = [after.get(path) ?? textOf(before, path), textOf(goal, path) ?? textOf(before, path)];
    if (got === want) continue;
    const lines = (want ?? "").split("\n");
    const line = got?.split("\n").findIndex((each, index) => each !== lines[index]) ?? 0;
    problems.push(
      `after/${path}:${line + 1} expected ${JSON.stringify(lines[line] ?? "")}, got ${JSON.stringify(got?.split("\n")[line] ?? "")}`,
    );
  }
  return { remedy: name, passed: problems.length === 0, problems, after };
}

function list(words: readonly string[]): string {
  return words.join(", ") || "nothing";
}

function evidenceOf(
  name: string,
  id: string,
  given: z.infer<typeof EvidenceFile>[string] | undefined,
): readonly Evidence[] {
  if (given === undefined) return [];
  if ("values" in given) {
    const points = given.values.map((value, index) => [NOW - (given.values.length - index) * MINUTE, value] as const);
    const series = [{ labels: {}, points }];
    return [
      {
        kind: "series",
        id,
        name,
        query: "",
        link: undefined,
        unit: given.unit,
        series,
        stats: statsOf(series),
        threshold: undefined,
      },
    ];
  }
  if ("lines" in given) {
    const templates = summarise(
      given.lines.map((line, index) => ({ at: NOW - index, line })),
      { deployedAt: undefined, most: 30 },
    );
    return [{ kind: "logs", id, name, query: "", link: undefined, lines: given.lines.length, templates }];
  }
  if ("value" in given) return [{ kind: "objects", id, name, query: "", lines: [], value: given.value }];
  if ("previous" in given) {
    const previous = given.previous === null ? undefined : { sha: "0".repeat(40), spec: given.previous.spec };
    return [{ kind: "history", id, name, query: "", commits: [], previous }];
  }
  return [{ kind: "missing", id, name, query: "", reason: given.missing, message: "" }];
}

/** The files below a folder, as a repository of their own. */
function below(files: Snapshot, folder: Path): Snapshot {
  const inside = (path: Path) => `${folder}/${path}`;
  return {
    sha: files.sha,
    oid: (path) => files.oid(inside(path)),
    read: (path) => files.read(inside(path)),
    list: (prefix) =>
      [...files.list(prefix === "" ? folder : inside(prefix))].map((path) => path.slice(folder.length + 1)),
  };
}

function textOf(files: Snapshot, path: Path): string | undefined {
  return files.oid(path) === undefined ? undefined : Buffer.from(files.read(path)).toString("utf8");
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
