import { changeRun, createRun, latestRuns, type RunFields } from "../checks/check-runs.ts";
import type { Shape } from "../graphql/types.ts";
import { demand } from "../model/access.ts";
import type { CheckRun, Repository, World } from "../model/model.ts";
import { nodeId } from "../model/node-ids.ts";
import { Refusal } from "../model/refusal.ts";
import { type Call, ok, paged, type Route, repositoryAt, text } from "./call.ts";
import { appShape } from "./shapes.ts";

/** Routes about check runs, which only Apps may write. */
export const checkRoutes: Readonly<Record<string, Route>> = {
  "POST /repos/{owner}/{repo}/check-runs": async (call) => {
    const repository = writableBy(call);
    const name = text(call.body.name) ?? "";
    const run = await createRun(call.world, repository, text(call.body.head_sha) ?? "", { ...fieldsOf(call), name });
    return ok(checkRunShape(call.world, repository, run), 201);
  },
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}": (call) => {
    const repository = writableBy(call);
    const run = runAt(call, repository);
    changeRun(call.world, run, fieldsOf(call));
    return ok(checkRunShape(call.world, repository, run));
  },
  "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "checks", "read");
    return paged(call, runAt(call, repository).annotations, (annotations) =>
      annotations.map((one) => ({
        ...{ start_column: null, end_column: null, title: null, raw_details: null, blob_href: call.world.url },
        ...(typeof one === "object" ? one : {}),
      })),
    );
  },
  "GET /repos/{owner}/{repo}/commits/{ref}/check-runs": async (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "checks", "read");
    const sha = (await repository.git.resolve(call.at.ref ?? "")) ?? "";
    const runs = latestRuns(repository, sha);
    return paged(call, runs, (page) => ({
      total_count: runs.length,
      check_runs: page.map((run) => checkRunShape(call.world, repository, run)),
    }));
  },
};

function writableBy(call: Call): Repository {
  const repository = repositoryAt(call);
  if (call.caller.kind !== "installation") throw new Refusal("FORBIDDEN", "You must authenticate via a GitHub App.");
  demand(call.world, call.caller, repository, "checks", "write");
  return repository;
}

function runAt(call: Call, repository: Repository): CheckRun {
  const run = repository.checkRuns.find(({ id }) => id === Number(call.at.check_run_id));
  if (run === undefined) throw new Refusal("NOT_FOUND", "Not Found");
  return run;
}

function fieldsOf({ body }: Call): RunFields {
  const output = typeof body.output === "object" && body.output !== null ? { ...body.output } : undefined;
  return {
    ...{ name: text(body.name), externalId: text(body.external_id), status: text(body.status) },
    ...{ conclusion: text(body.conclusion), output },
  };
}

/** A check run as REST and webhooks show it. */
export function checkRunShape(world: World, repository: Repository, run: CheckRun): Shape {
  const url = `${world.url}/repos/${repository.owner.login}/${repository.name}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("CR", run.id),
    head_sha: run.headSha,
    name: run.name,
    url,
    html_url: `${world.url}/${repository.owner.login}/${repository.name}/runs/${run.id}`,
    details_url: world.url,
    status: run.status,
    conclusion: run.conclusion ?? null,
    started_at: run.startedAt,
    completed_at: run.completedAt ?? null,
    external_id: run.externalId,
    check_suite: { id: repository.id },
    output: {
      title: run.title ?? null,
      summary: run.summary ?? null,
      text: run.text ?? null,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    app: appShape(world),
    pull_requests: [],
  };
}
