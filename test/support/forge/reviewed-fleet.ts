import { type Opened, openWorld } from "../../../src/app/world/open-world.ts";
import type { Forge } from "../../../src/forge/forge.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { latestRuns } from "../../servers/github/checks/check-runs.ts";
import type { CheckRun, Pull, Repository } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { createPull } from "../../servers/github/pulls/pulls.ts";
import type { GitHubOptions } from "../../servers/github/server.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { shellFor } from "../cli/raos.ts";
import { temporaryFolder } from "../temporary-folder.ts";

export const TRIAGE = "agents/acme/triage.yaml";

/** The spec of an agent with a memory limit. */
export const agentOf = (name: string, memory: string): string => `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: acme}
spec:
  version: 1.0.0
  description: Sorts
  instructions: {inline: Sort.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
  runtime:
    resources:
      limits: {memory: ${memory}}
`;

export const FILES = {
  "raos.yaml": `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  chart: {path: charts/agent}
  environments: [{name: production}]
`,
  "charts/agent/Chart.yaml": "name: agent\nversion: 0.1.0\n",
  "tenants/acme.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
  [TRIAGE]: agentOf("triage", "768Mi"),
  "agents/acme/billing.yaml": agentOf("billing", "768Mi"),
} as const;

export interface ReviewedFleet extends Fleet {
  readonly opened: Opened<Forge>;
  /** Opens what drifted, and merges it. */
  settle(): Promise<void>;
  /** A person's pull request that changes these files, on a branch of this repository or of a fork. */
  open(branch: string, changes: Readonly<Record<string, string | undefined>>, of?: Repository): Promise<Pull>;
  /** The check that is shown on a commit. */
  runOn(sha: string): CheckRun | undefined;
  close(): Promise<void>;
}

/** A settled fleet on a GitHub, where people open pull requests. */
export async function reviewedFleet(
  files: Readonly<Record<string, string>>,
  options: GitHubOptions = {},
): Promise<ReviewedFleet> {
  const fleet = await fleetOnGitHub(files, options);
  const { world, url } = fleet.github;
  const env = { APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey, GITHUB_API_URL: url };
  const opened = await openWorld(shellFor(temporaryFolder(), Date.now, env), `${url}/acme/fleet`);
  const settle = async () => {
    await reconcile(opened.world);
    const { pulls } = await opened.forge.pullRequests([]);
    for (const pull of pulls) await opened.forge.merge(pull);
  };
  await settle();
  return {
    ...fleet,
    opened,
    settle,
    async open(branch, changes, of = fleet.repository) {
      const from = (await fleet.repository.git.resolve("refs/heads/main")) ?? "";
      await push(world, of, fleet.person, branch, changes, "A change", { from });
      return createPull(world, { kind: "user", user: fleet.person, token: "" }, fleet.repository, {
        ...{ title: "A change", body: "", baseRef: "main", draft: false, headRef: branch, headRepository: of },
      });
    },
    runOn: (sha) => latestRuns(fleet.repository, sha).find(({ name }) => name === "raos"),
    async close() {
      await opened.close();
      await fleet.github.close();
    },
  };
}
