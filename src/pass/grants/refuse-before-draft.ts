import type { Lineage } from "../../domain/grant/lineage.ts";
import { earlyRefusals } from "../../grants/judge-early.ts";
import type { GrantRefusal } from "../../grants/refusal.ts";
import type { Pass } from "../pass.ts";
import { readOpenRequests } from "./reserved.ts";
import { viewLine } from "./view-line.ts";

/**
 * What grants refuse of a new agent whatever a model would write for it, so that none is asked. Nothing where the whole has to be
 * judged. Throws ForgeError.
 */
export async function refuseBeforeDraft(
  pass: Pass,
  request: string,
  lineage: Lineage,
): Promise<readonly GrantRefusal[]> {
  const { fleet } = pass.survey;
  const open = await readOpenRequests(pass, { kind: "request", id: request }, fleet);
  if (open === undefined) return [];
  const view = viewLine(lineage.root, fleet, pass.world.store, open);
  return earlyRefusals({ agent: undefined, template: undefined, lineage }, view);
}
