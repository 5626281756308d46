import { inSlices } from "../../deadline/slices.ts";
import type { AgentChange } from "../../domain/change-set.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { at, isMapping } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";
import type { Pass } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { planning } from "../../plan/plan.ts";
import type { Rename } from "../../pr/caution/change-notes.ts";
import { sameJson } from "../../pr/table/leaf-changes.ts";

/** Most agents that came or went in a pass in which renames are looked for: a person renames a few at a time. */
const MOST = 20;

/**
 * The agents of this pass that were only renamed: one was removed, and a new one has the same values in the same environments.
 * Costs nothing where none was removed or none is new. Throws GitError.
 */
export async function findRenames(pass: Pass): Promise<readonly Rename[]> {
  const drifts = pass.survey.drifts();
  const [removed, fresh] = (["removed", "new"] as const).map((state) =>
    drifts.filter((drift) => drift.state === state).map(({ key }) => key),
  );
  const keys = [...(removed ?? []), ...(fresh ?? [])];
  if (removed?.length === 0 || fresh?.length === 0 || keys.length > MOST) return [];
  const byAgent = Map.groupBy(await changesOf(pass, keys), ({ agent }) => agent);
  const taken = new Set<AgentKey>();
  return (removed ?? []).flatMap((from): readonly Rename[] => {
    const before = byAgent.get(from) ?? [];
    const to = (fresh ?? []).find((key) => !taken.has(key) && isSameAgent(before, byAgent.get(key) ?? []));
    if (to === undefined) return [];
    taken.add(to);
    return [{ from, to, hasVolume: before.some(hasVolume), hasState: before.some(hasState) }];
  });
}

async function changesOf(pass: Pass, keys: readonly AgentKey[]): Promise<readonly AgentChange[]> {
  const { survey } = pass;
  const snapshot = await pass.commit.slice(pathsOfAgents(keys, pass));
  const scope = {
    cause: { kind: "request", id: "renames" },
    agents: keys.map((key) => ({ key, path: survey.pathOf(key) })),
    tenants: [],
    environments: survey.environments,
    fleet: survey.fleet,
  } as const;
  return (await inSlices(planning(scope, snapshot))).changes;
}

function isSameAgent(before: readonly AgentChange[], after: readonly AgentChange[]): boolean {
  if (before.length === 0 || before.length !== after.length) return false;
  return before.every((old) => {
    const fresh = after.find(({ environment }) => environment === old.environment);
    return fresh !== undefined && sameJson(withoutPlace(old.before), withoutPlace(fresh.after));
  });
}

/** The values that stay when an agent moves: not its tenant, nor who calls it. */
function withoutPlace(values: Json | undefined): Json | undefined {
  if (!isMapping(values)) return undefined;
  const { tenant: _tenant, access: _access, ...rest } = values;
  return rest;
}

function hasVolume({ before }: AgentChange): boolean {
  return at(before, "runtime", "workload") === "StatefulSet" && at(before, "runtime", "storage") !== undefined;
}

function hasState({ before }: AgentChange): boolean {
  return at(before, "dapr", "state") !== undefined;
}
