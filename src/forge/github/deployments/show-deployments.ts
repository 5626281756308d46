import * as z from "zod";
import type { ShownDeployment } from "../../../domain/rollout/deployment.ts";
import type { Warn } from "../../../domain/warn.ts";
import { type Deployments, ForgeError } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";

const Listed = z.array(z.object({ id: z.int().positive(), task: z.string() }));
const Statuses = z.array(z.object({ state: z.string(), description: z.string().nullish() }));

/** What a deployment is for, by which RAOS finds its own: other tools may deploy the same commit. */
const TASK = "raos";

/**
 * GitHub deployments of merged pull requests: one for each commit and environment, found again by both, with a status for each step.
 * Without the permission *deployments* nothing is shown, and `warn` is told once. Sources:
 * https://docs.github.com/rest/deployments/deployments and …/statuses.
 */
export function createDeployments(
  client: GitHubClient,
  { owner, name: repo }: RepositoryName,
  warn: Warn,
): Deployments {
  let isForbidden = false;

  async function show({ environment, sha, state, description }: ShownDeployment): Promise<void> {
    const asked = { owner, repo, sha, environment, task: TASK, per_page: 1 };
    const listed = await client.get(
      "read deployments",
      asked,
      (octokit, one) => octokit.rest.repos.listDeployments(one),
      Listed,
    );
    const deployment_id = listed?.find(({ task }) => task === TASK)?.id ?? (await create(environment, sha));
    const statuses = { owner, repo, deployment_id, per_page: 1 };
    const [last] =
      (await client.get(
        "read a deployment's status",
        statuses,
        (octokit, one) => octokit.rest.repos.listDeploymentStatuses(one),
        Statuses,
      )) ?? [];
    if (last?.state === state && (last.description ?? "") === description) return;
    await client.send("write a deployment's status", ({ rest: { repos } }) =>
      // Else GitHub would mark what runs of other agents as inactive.
      repos.createDeploymentStatus({ owner, repo, deployment_id, state, description, auto_inactive: false }),
    );
  }

  async function create(environment: string, sha: string): Promise<number> {
    const { data } = await client.send("create a deployment", ({ rest: { repos } }) =>
      repos.createDeployment({
        ...{ owner, repo, ref: sha, environment, task: TASK, description: "merged" },
        // Else GitHub would merge the default branch into the commit, and want every status to be green.
        ...{ auto_merge: false, required_contexts: [] },
        production_environment: /^prod/.test(environment),
      }),
    );
    if ("id" in data) return data.id;
    throw new ForgeError("unavailable", "create a deployment: GitHub merged something instead of answering");
  }

  return {
    async show(deployments) {
      try {
        for (const deployment of deployments) if (!isForbidden) await show(deployment);
      } catch (error) {
        if (!(error instanceof ForgeError) || (error.code !== "forbidden" && error.code !== "not-found")) throw error;
        isForbidden = true;
        warn(
          { permission: "deployments", error: error.message },
          "GitHub deployments are not shown; accept the permission",
        );
      }
    },
  };
}
