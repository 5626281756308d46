import { latestRuns } from "../checks/check-runs.ts";
import type { Shape } from "../graphql/types.ts";
import { actorOf, demand } from "../model/access.ts";
import {
  type Deployment,
  type DeploymentStatus,
  newId,
  type Repository,
  timestamp,
  type World,
} from "../model/model.ts";
import { nodeId } from "../model/node-ids.ts";
import { Refusal } from "../model/refusal.ts";
import { type Call, type Made, ok, paged, type Route, repositoryAt, text } from "./call.ts";
import { userShape } from "./shapes.ts";

/** https://docs.github.com/rest/deployments/statuses: "short description", at most 140 characters. */
const LONGEST_DESCRIPTION = 140;

/** Routes about deployments: https://docs.github.com/rest/deployments/deployments. */
export const deploymentRoutes: Readonly<Record<string, Route>> = {
  "GET /repos/{owner}/{repo}/deployments": (call) => {
    const repository = allowed(call, "read");
    const asked = (name: string) => call.url.searchParams.get(name);
    const found = repository.deployments.filter((one) =>
      (["sha", "ref", "task", "environment"] as const).every(
        (name) => asked(name) === null || asked(name) === one[name],
      ),
    );
    return paged(call, found.toReversed(), (page) => page.map((one) => deploymentShape(call.world, repository, one)));
  },
  "POST /repos/{owner}/{repo}/deployments": create,
  "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses": (call) => {
    const repository = allowed(call, "read");
    const deployment = deploymentAt(call, repository);
    return paged(call, deployment.statuses.toReversed(), (page) =>
      page.map((status) => statusShape(call.world, repository, deployment, status)),
    );
  },
  "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses": (call) => {
    const repository = allowed(call, "write");
    const deployment = deploymentAt(call, repository);
    const description = text(call.body.description) ?? "";
    if (description.length > LONGEST_DESCRIPTION)
      throw new Refusal("UNPROCESSABLE", "Validation Failed: description is too long (maximum is 140 characters)");
    const state = text(call.body.state) ?? "";
    const status = { id: newId(call.world), state, description, createdAt: timestamp(call.world) };
    deployment.statuses.push(status);
    if (state === "success" && call.body.auto_inactive !== false) endEarlier(call.world, repository, deployment);
    return ok(statusShape(call.world, repository, deployment, status), 201);
  },
};

async function create(call: Call): Promise<Made> {
  const repository = allowed(call, "write");
  const ref = text(call.body.ref) ?? "";
  const sha = await repository.git.resolve(`${ref}^{commit}`);
  if (sha === undefined) throw new Refusal("UNPROCESSABLE", `No ref found for: ${ref}`);
  // Where the commit lacks something of the default branch, GitHub merges that into it, and creates no deployment.
  if (call.body.auto_merge !== false) return ok({ message: "Auto-merged the default branch on deployment." }, 202);
  const contexts = call.body.required_contexts;
  const isGreen = latestRuns(repository, sha).every(({ conclusion }) => conclusion === "success");
  const isEveryOneWanted = !Array.isArray(contexts);
  if (isEveryOneWanted && !isGreen) return ok({ message: "Conflict: Commit status checks failed for this ref." }, 409);
  const deployment: Deployment = {
    ...{ id: newId(call.world), sha, ref, task: text(call.body.task) ?? "deploy" },
    environment: text(call.body.environment) ?? "production",
    description: text(call.body.description) ?? "",
    isProduction: call.body.production_environment === true,
    ...{ creator: call.caller, createdAt: timestamp(call.world), statuses: [] },
  };
  repository.deployments.push(deployment);
  return ok(deploymentShape(call.world, repository, deployment), 201);
}

/** "all prior non-transient, non-production environment deployments with the same repository and environment name become inactive". */
function endEarlier(world: World, repository: Repository, { environment, id }: Deployment): void {
  for (const earlier of repository.deployments) {
    if (earlier.id === id || earlier.environment !== environment || earlier.isProduction) continue;
    earlier.statuses.push({ id: newId(world), state: "inactive", description: "", createdAt: timestamp(world) });
  }
}

function allowed(call: Call, level: "read" | "write"): Repository {
  const repository = repositoryAt(call);
  demand(call.world, call.caller, repository, "deployments", level);
  return repository;
}

function deploymentAt(call: Call, repository: Repository): Deployment {
  const found = repository.deployments.find(({ id }) => id === Number(call.at.deployment_id));
  if (found === undefined) throw new Refusal("NOT_FOUND", "Not Found");
  return found;
}

function deploymentShape(world: World, { owner, name }: Repository, one: Deployment): Shape {
  const repository = `${world.url}/repos/${owner.login}/${name}`;
  const url = `${repository}/deployments/${one.id}`;
  return {
    ...{ url, id: one.id, node_id: nodeId("DE", one.id), sha: one.sha, ref: one.ref, task: one.task, payload: {} },
    ...{ original_environment: one.environment, environment: one.environment, description: one.description },
    creator: userShape(world, actorOf(one.creator)),
    ...{ created_at: one.createdAt, updated_at: one.statuses.at(-1)?.createdAt ?? one.createdAt },
    ...{ statuses_url: `${url}/statuses`, repository_url: repository },
    ...{ transient_environment: false, production_environment: one.isProduction },
  };
}

function statusShape(world: World, { owner, name }: Repository, of: Deployment, status: DeploymentStatus): Shape {
  const repository = `${world.url}/repos/${owner.login}/${name}`;
  const deployment = `${repository}/deployments/${of.id}`;
  return {
    ...{ url: `${deployment}/statuses/${status.id}`, id: status.id, node_id: nodeId("DES", status.id) },
    ...{ state: status.state, description: status.description, environment: of.environment, target_url: deployment },
    creator: userShape(world, actorOf(of.creator)),
    ...{ created_at: status.createdAt, updated_at: status.createdAt },
    ...{ deployment_url: deployment, repository_url: repository, environment_url: deployment, log_url: deployment },
  };
}
