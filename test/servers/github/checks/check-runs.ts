import { type Account, type CheckRun, newId, type Repository, timestamp, type World } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";

/** GitHub takes at most this many annotations in a request. */
const ANNOTATIONS = 50;
/** Runs of one name on one commit. */
const MOST_RUNS = 1000;

export interface RunFields {
  readonly name?: string | undefined;
  readonly externalId?: string | undefined;
  readonly status?: string | undefined;
  readonly conclusion?: string | undefined;
  readonly output?: Readonly<Record<string, unknown>> | undefined;
}

/** Creates a check run, or refuses as GitHub does: no such commit, too many annotations, a conclusion without an end. */
export async function createRun(
  world: World,
  repository: Repository,
  headSha: string,
  fields: RunFields & { readonly name: string },
): Promise<CheckRun> {
  if ((await repository.git.resolve(`${headSha}^{commit}`)) === undefined)
    throw new Refusal("UNPROCESSABLE", `No commit found for SHA: ${headSha}`);
  const alike = repository.checkRuns.filter((run) => run.headSha === headSha && run.name === fields.name);
  if (alike.length >= MOST_RUNS) throw new Refusal("UNPROCESSABLE", "too many check runs of this name");
  const run: CheckRun = {
    ...{ id: newId(world), headSha, name: fields.name, externalId: "", status: "queued", conclusion: undefined },
    ...{ title: undefined, summary: undefined, text: undefined, annotations: [], startedAt: timestamp(world) },
    completedAt: undefined,
  };
  changeRun(world, run, fields);
  repository.checkRuns.push(run);
  return run;
}

/** Updates a check run; annotations are added to those there are. */
export function changeRun(world: World, run: CheckRun, fields: RunFields): void {
  const { output } = fields;
  const added = Array.isArray(output?.annotations) ? output.annotations : [];
  if (added.length > ANNOTATIONS)
    throw new Refusal("UNPROCESSABLE", `No more than ${ANNOTATIONS} annotations per request`);
  if (output !== undefined && (typeof output.title !== "string" || typeof output.summary !== "string"))
    throw new Refusal("UNPROCESSABLE", "output needs a title and a summary");
  run.name = fields.name ?? run.name;
  run.externalId = fields.externalId ?? run.externalId;
  run.status = fields.conclusion === undefined ? (fields.status ?? run.status) : "completed";
  run.conclusion = fields.conclusion ?? run.conclusion;
  if (run.status === "completed" && run.conclusion === undefined)
    throw new Refusal("UNPROCESSABLE", "a completed run needs a conclusion");
  run.completedAt = run.status === "completed" ? timestamp(world) : undefined;
  run.title = textOf(output?.title) ?? run.title;
  run.summary = textOf(output?.summary) ?? run.summary;
  run.text = textOf(output?.text) ?? run.text;
  run.annotations.push(...added);
}

/** The newest run of each name on a commit. */
export function latestRuns(repository: Repository, headSha: string): readonly CheckRun[] {
  const newest = new Map<string, CheckRun>();
  for (const run of repository.checkRuns) if (run.headSha === headSha) newest.set(run.name, run);
  return [...newest.values()];
}

/** Checks and statuses of a commit taken together, as `statusCheckRollup` shows them. */
export function rollupOf(repository: Repository, headSha: string): string | undefined {
  const states = latestRuns(repository, headSha).map(({ conclusion }): Rollup => {
    if (conclusion === undefined) return "PENDING";
    return ["success", "neutral", "skipped"].includes(conclusion) ? "SUCCESS" : "FAILURE";
  });
  const given = repository.checks.get(headSha);
  const all = given === undefined ? states : [...states, given];
  return WORST_FIRST.find((state) => all.includes(state));
}

const WORST_FIRST = ["ERROR", "FAILURE", "PENDING", "EXPECTED", "SUCCESS"] as const;
type Rollup = (typeof WORST_FIRST)[number];

/** Asks the App to run a check again, as the button does. */
export function rerequest(world: World, repository: Repository, run: CheckRun, actor: Account): void {
  world.emit({ kind: "check_run", action: "rerequested", repository, run, actor });
}

/** Presses a button that the App offers beside its check. */
export function pressButton(
  world: World,
  repository: Repository,
  run: CheckRun,
  identifier: string,
  actor: Account,
): void {
  world.emit({ kind: "check_run", action: "requested_action", repository, run, actor, identifier });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
