import { tenantOf } from "../../domain/agent-key.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { LINEAGE_KEYS } from "../../domain/grant/read-lineage.ts";
import type { WrittenSpec } from "../../domain/request/agent-request.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { orphansOf } from "../../grants/orphans.ts";
import { viewLine } from "../../pass/grants/view-line.ts";
import type { Pass } from "../../pass/pass.ts";
import { applyEdits } from "../../spec/edit/edit.ts";

/**
 * The specs of the agents below one that is retired, as its grant says: handed over to the tenant's owners, or deleted with it.
 * Throws GitError.
 */
export async function orphanSpecs(pass: Pass, agent: AgentKey): Promise<readonly WrittenSpec[]> {
  const { fleet } = pass.survey;
  const facts = fleet.facts.get(agent);
  const root = facts?.lineage?.lineage.root ?? agent;
  const { members } = viewLine(root, fleet, pass.world.store, { members: [], requests: [] });
  const grant = facts?.grant?.createAgents;
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
