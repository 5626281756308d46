import { latestRuns, rollupOf } from "../checks/check-runs.ts";
import type { CheckRun, Repository, World } from "../model/model.ts";
import { nodeId } from "../model/node-ids.ts";
import { connection, type PageArguments } from "./connection.ts";

export interface SuitePage extends PageArguments {
  readonly filterBy?: { readonly appId?: number };
}

interface RunPage extends PageArguments {
  readonly filterBy?: { readonly checkName?: string };
}

type Shape = Readonly<Record<string, unknown>>;

/** The suite of the app on a commit; a commit without runs of the app has none. */
export function checkSuites(world: World, repository: Repository, sha: string, page: SuitePage): unknown {
  const runs = latestRuns(repository, sha);
  const isAsked = page.filterBy?.appId === undefined || page.filterBy.appId === world.app.id;
  const suites = runs.length > 0 && isAsked ? [runs] : [];
  return connection(suites, page, (held) => suiteShape(world, repository, sha, held));
}

/** All that is known of a commit's checks; null where there are none. */
export function checkRollup(world: World, repository: Repository, sha: string): Shape | null {
  const state = rollupOf(repository, sha);
  if (state === undefined) return null;
  const given = repository.checks.get(sha);
  const status = given === undefined ? [] : [{ __typename: "StatusContext", context: "ci", state: given }];
  const contexts = [...latestRuns(repository, sha).map((run) => runShape(world, repository, run)), ...status];
  return {
    __typename: "StatusCheckRollup",
    id: nodeId("SCR", repository.id, sha),
    state,
    contexts: (page: PageArguments) => connection(contexts, page, (context) => context),
  };
}

function suiteShape(world: World, repository: Repository, sha: string, runs: readonly CheckRun[]): Shape {
  return {
    __typename: "CheckSuite",
    id: nodeId("CS", repository.id, sha),
    app: { __typename: "App", id: `A_${world.app.id}`, databaseId: world.app.id, slug: world.app.slug },
    checkRuns: ({ filterBy, ...page }: RunPage) =>
      connection(
        runs.filter(({ name }) => filterBy?.checkName === undefined || filterBy.checkName === name),
        page,
        (run) => runShape(world, repository, run),
      ),
  };
}

function runShape(world: World, repository: Repository, run: CheckRun): Shape {
  return {
    __typename: "CheckRun",
    id: nodeId("CR", run.id),
    databaseId: run.id,
    name: run.name,
    externalId: run.externalId === "" ? null : run.externalId,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    title: run.title ?? null,
    summary: run.summary ?? null,
    text: run.text ?? null,
    checkSuite: () => suiteShape(world, repository, run.headSha, latestRuns(repository, run.headSha)),
  };
}
