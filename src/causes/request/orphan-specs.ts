import { tenantOf } from "../../domain/agent-key.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { CreateGrant } from "../../domain/grant/create-grant.ts";
import { LINEAGE_KEYS } from "../../domain/grant/read-lineage.ts";
import type { WrittenSpec } from "../../domain/request/agent-request.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { orphansOf } from "../../grants/orphans.ts";
import { viewLine } from "../../pass/grants/view-line.ts";
import type { Pass } from "../../pass/pass.ts";
import { applyEdits } from "../../spec/edit/edit.ts";
import { readAgent } from "../../spec/read/read-agent.ts";

/**
 * The specs of the agents below one that is retired, or that is gone, as its grant says: handed over to the tenant's owners, or deleted
 * with it. Of one that is gone the grant is that of its last spec. Throws GitError.
 */
export async function orphanSpecs(pass: Pass, agent: AgentKey): Promise<readonly WrittenSpec[]> {
  const { fleet } = pass.survey;
  const facts = fleet.facts.get(agent);
  const root = (facts === undefined ? rootOfChildren(pass, agent) : facts.lineage?.lineage.root) ?? agent;
  const { members } = viewLine(root, fleet, pass.world.store, { members: [], requests: [] });
  const grant = facts === undefined ? await lastGrant(pass, agent) : facts.grant?.createAgents;
  const sponsor = grant?.sponsor ?? members.find(({ lineage }) => lineage.createdBy.agent === agent)?.lineage.sponsor;
  const owner = fleet.tenants.get(tenantOf(agent))?.spec.owners?.[0] ?? sponsor ?? "";
  const orphans = orphansOf(agent, grant, { root, members, owner });
  if (orphans.kind === "none") return [];
  const files = orphans.agents.flatMap((key) => {
    const file = pass.survey.pathOf(key);
    return file === undefined ? [] : [{ agent: key, file }];
  });
  if (orphans.kind === "remove") return files.map((one) => ({ ...one, text: undefined }));
  const snapshot = await pass.commit.slice(files.map(({ file }) => file));
  const at = pointerOf(["metadata", "annotations", LINEAGE_KEYS.owner]);
  return files.map(({ agent: key, file }) => {
    const edit = {
      kind: "set",
      agent: key,
      file,
      at,
      from: undefined,
      to: orphans.owner,
      why: "",
      by: "rule",
    } as const;
    return { agent: key, file, text: applyEdits(Buffer.from(snapshot.read(file)).toString("utf8"), [edit]) };
  });
}

/** The root that an agent which is gone had, as those that it asked for name it. */
function rootOfChildren({ survey, world }: Pass, agent: AgentKey): AgentKey | undefined {
  const lineages = world.store.agents.keysWithLineage().map((key) => survey.fleet.facts.get(key)?.lineage?.lineage);
  return lineages.find((lineage) => lineage?.createdBy.agent === agent)?.root;
}

/** What an agent might ask for before its file was deleted; undefined where that cannot be told. */
async function lastGrant({ commit, survey }: Pass, agent: AgentKey): Promise<CreateGrant | undefined> {
  for (const ending of ["yaml", "yml", "json"]) {
    const path = `agents/${agent}.${ending}`;
    const deleted = await commit.deletionOf(path);
    if (deleted === undefined) continue;
    // What a prompt says is not asked here, only that there is one.
    const { agent: last } = readAgent(path, "", deleted.bytes, survey.fleet, () => Buffer.from("-"));
    return last?.facts.grant?.createAgents;
  }
  return undefined;
}
