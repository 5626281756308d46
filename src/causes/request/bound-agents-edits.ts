import { type Evidence, partialIds } from "../../domain/alert/evidence.ts";
import type { DroppedEdit, WantedEdit } from "../../domain/alert/incident.ts";
import type { Edit } from "../../domain/change-set.ts";
import type { Pass } from "../../pass/pass.ts";
import { boundEdits } from "../../remedy/bounds/bound-edits.ts";
import { otherEnvironmentsOf } from "../../remedy/bounds/other-environments.ts";
import { withoutRefused } from "../../remedy/bounds/refused-edits.ts";
import { toFileEdits } from "../../remedy/file-edits.ts";
import { pastSpecsOf, recentChangesIn } from "../alert/evidence/past-specs.ts";
import { refusedEdits } from "../alert/evidence/refused-edits.ts";
import type { Subject } from "../alert/evidence/subject.ts";

const MOST_EDITS = 10;
/** How long no edit may undo a person's change: one day, in milliseconds. */
const PERSONS_DAY = 86_400_000;

/** The edits of files that an agent may make, and why the others are dropped. */
export interface BoundedEdits {
  readonly edits: readonly Edit[];
  readonly dropped: readonly DroppedEdit[];
}

/**
 * What an agent asks to change of another one, within the bounds of any model's edits: below `supervision.allowedPaths`, resting on
 * evidence, undoing nobody's change of the last day, within limits and quota, and not what a person refused. Throws GitError.
 */
export async function boundAgentsEdits(
  pass: Pass,
  subject: Subject,
  wanted: readonly WantedEdit[],
  evidence: readonly Evidence[],
): Promise<BoundedEdits> {
  const past = await pastSpecsOf(subject);
  const paths = [...new Set(wanted.map(({ at }) => at))];
  const bounded = boundEdits(wanted, {
    allowedPaths: subject.agent.environments.get(subject.environment)?.spec.supervision.allowedPaths ?? [],
    spec: subject.spec,
    recent: recentChangesIn(past, paths),
    maxEdits: MOST_EDITS,
    evidenceIds: new Set(evidence.map(({ id }) => id)),
    partialEvidence: partialIds(evidence),
    now: pass.world.now(),
    cooldownMs: PERSONS_DAY,
    tenant: subject.shared.tenants.get(subject.agent.tenant),
    otherEnvironments: otherEnvironmentsOf(subject.agent, subject.environment),
  });
  const edits = toFileEdits([subject], bounded.edits).map((edit): Edit => ({ ...edit, by: "agent" }));
  const fresh = withoutRefused(edits, refusedEdits(pass));
  return { edits: fresh.edits, dropped: [...bounded.dropped, ...fresh.dropped] };
}
