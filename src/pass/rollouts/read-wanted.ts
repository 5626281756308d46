import { valuesDigest } from "../../domain/deployed/values-digest.ts";
import { type AgentKey, deployDir } from "../../domain/fleet.ts";
import type { WantedRelease } from "../../domain/rollout/rollout.ts";
import type { CommitView } from "../../survey/source/commit-view.ts";

/** What the default branch wants of one agent in one environment. */
export interface WantedAgent {
  readonly agent: AgentKey;
  readonly environment: string;
  readonly wanted: WantedRelease;
  /** A Job: it ends by itself, and may be gone. */
  readonly isJob: boolean;
}

/** Files that are read at the same time. */
const BATCH = 200;

/**
 * What a commit of the default branch wants of every agent that is generated in these environments, sorted by agent, then
 * in the order of the environments. Whatever has no
 * values.yaml is none. Throws GitError.
 */
export async function readWanted(
  commit: CommitView,
  environments: readonly string[],
  agents: readonly AgentKey[] | "all",
): Promise<readonly WantedAgent[]> {
  const folders = [...(await commit.source.deployed(agents, environments)).keys()];
  const places = folders.flatMap((folder) => {
    const [, environment, tenant, name] = folder.split("/");
    return environment === undefined || name === undefined ? [] : [{ environment, agent: `${tenant}/${name}` }];
  });
  const changes = await commit.newestChanges(folders.map((folder) => `${folder}/`));
  const found: WantedAgent[] = [];
  for (let start = 0; start < places.length; start += BATCH) {
    const batch = places.slice(start, start + BATCH);
    const read = await Promise.all(
      batch.map(async ({ agent, environment }): Promise<readonly WantedAgent[]> => {
        const folder = deployDir(environment, agent);
        const bytes = await commit.source.file(`${folder}/values.yaml`);
        const change = changes.get(`${folder}/`);
        if (bytes === undefined || change === undefined) return [];
        const text = Buffer.from(bytes).toString("utf8");
        const wanted = { digest: valuesDigest(text), commit: change.sha, at: change.at };
        return [{ agent, environment, wanted, isJob: text.includes("\n  workload: Job\n") }];
      }),
    );
    for (const one of read) found.push(...one);
  }
  const order = new Map(environments.map((name, index) => [name, index]));
  const rank = ({ environment }: WantedAgent) => order.get(environment) ?? 0;
  return found.sort((a, b) => (a.agent === b.agent ? rank(a) - rank(b) : a.agent < b.agent ? -1 : 1));
}
