import { type Evidence, partialIds } from "../../domain/alert/evidence.ts";
import type { DroppedEdit, IncidentDetails, WantedEdit } from "../../domain/alert/incident.ts";
import { momentOf } from "../../domain/alert/occasion.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { EvidenceReader } from "../../observe/evidence-reader.ts";
import { inOrder } from "../../pass/in-order.ts";
import type { Pass } from "../../pass/pass.ts";
import { applyRules, notesOf } from "../../remedy/apply-rules.ts";
import { boundEdits } from "../../remedy/bounds/bound-edits.ts";
import { withoutRash } from "../../remedy/bounds/damping.ts";
import { withoutRepeats } from "../../remedy/bounds/earlier-changes.ts";
import { otherEnvironmentsOf } from "../../remedy/bounds/other-environments.ts";
import type { CompiledRemedy } from "../../remedy/compiled-remedy.ts";
import type { IncidentUnit } from "../../remedy/incident-units.ts";
import { readEarlierChanges } from "./evidence/earlier-changes.ts";
import { filledPromql } from "./evidence/environment-query.ts";
import { expressionSubject, gatherEvidence } from "./evidence/gather-evidence.ts";
import { redactIncident } from "./evidence/redact-incident.ts";
import type { Subject } from "./evidence/subject.ts";

/** Most edits of one agent that one pull request may hold. */
const MOST_EDITS = 10;
/** Agents of a unit whose evidence is read at a time. */
const AT_A_TIME = 16;
/** How long no edit may undo a person's change: one day, in milliseconds. */
const PERSONS_DAY = 86_400_000;

/** The result of a remedy: the edits that may be made, and the details. */
export interface AppliedRemedy {
  readonly edits: readonly WantedEdit[];
  readonly details: IncidentDetails;
}

/**
 * Gathers the remedy's evidence for each agent, computes its edits, and drops those that are out of bounds. `firedUntil`: until
 * when the incident is known to have gone on before. Throws GitError or
 * ForgeError; RangeError for a unit without an incident (a bug).
 */
export async function applyRemedy(
  { world }: Pass,
  unit: IncidentUnit,
  subjects: readonly [Subject, ...Subject[]],
  reader: EvidenceReader,
  firedUntil?: Instant,
): Promise<AppliedRemedy> {
  const { remedy } = unit;
  const now = world.now();
  const each: Awaited<ReturnType<typeof editsFor>>[] = [];
  const work = (subject: Subject) => editsFor(remedy, subject, reader, now, firedUntil);
  for await (const [, found] of inOrder(subjects, AT_A_TIME, work)) each.push(found);
  const [incident] = unit.incidents;
  if (incident === undefined) throw new RangeError("a unit without an incident");
  const edits = each.flatMap((one) => one.edits);
  // No alert is about the agents that a schedule or a query finds: only those that change are shown.
  const changed = new Set(edits.map(({ agent }) => agent));
  const isShown = (agent: AgentKey) => incident.occasion === undefined || changed.size === 0 || changed.has(agent);
  const alerts = unit.incidents.filter(({ agent }) => isShown(agent)).flatMap((one) => one.alerts);
  return {
    edits,
    details: {
      incident: await redactIncident({ ...incident, alerts }, reader),
      agents: unit.agents.filter(isShown),
      remedy: { name: unit.cause.remedy, description: remedy?.description ?? "" },
      // For several agents, only the evidence of the first one that changes is shown; the reason of each edit names its own evidence.
      evidence: (each.find((one) => one.edits.length > 0) ?? each[0])?.evidence ?? [],
      dropped: each.flatMap((one) => one.dropped),
      notes: [...new Set(each.flatMap((one) => one.notes ?? []))],
      finding: undefined,
      resolvedAt: undefined,
      verify: verifyOf(remedy, subjects[0]),
    },
  };
}

async function editsFor(
  remedy: CompiledRemedy | undefined,
  subject: Subject,
  reader: EvidenceReader,
  now: Instant,
  firedUntil: Instant | undefined,
): Promise<Pick<IncidentDetails, "evidence" | "dropped" | "notes"> & Pick<AppliedRemedy, "edits">> {
  if (remedy === undefined) return { evidence: [], edits: [], dropped: [] };
  const { occasion } = subject.incident;
  const evidence = await gatherEvidence(remedy, subject, reader, momentOf(occasion, now));
  const known = { ...expressionSubject(subject), evidence };
  const wanted = applyRules(remedy, known);
  const kept = await keepWithinBounds(
    subject,
    wanted.edits,
    { evidence, verify: verifyOf(remedy, subject), firedUntil },
    reader,
    now,
  );
  const damped =
    occasion === undefined
      ? { edits: kept.edits, dropped: [] }
      : withoutRash(kept.edits, { evidence, at: momentOf(occasion, now), changedAt: subject.generatedAt });
  const dropped = [...wanted.dropped, ...kept.dropped, ...damped.dropped];
  return { evidence, edits: damped.edits, dropped, notes: notesOf(remedy, known) };
}

/** The query that shows later whether the change helped, filled in for an agent. */
function verifyOf(remedy: CompiledRemedy | undefined, subject: Subject): IncidentDetails["verify"] {
  if (remedy?.verify === undefined) return undefined;
  const promql = filledPromql(remedy.verify.promql, subject);
  return typeof promql === "string" ? { promql, afterSeconds: remedy.verify.afterSeconds } : undefined;
}

/** What is known where edits are judged. */
export interface KnownOfEdits {
  readonly evidence: readonly Evidence[];
  /** The query that held where an earlier change helped. */
  readonly verify: IncidentDetails["verify"];
  /** Until when the incident is known to have gone on. */
  readonly firedUntil: Instant | undefined;
}

/**
 * The edits of an agent that are within its bounds, and why the others are not; the same for rules and a model. Throws
 * GitError.
 */
export async function keepWithinBounds(
  subject: Subject,
  edits: readonly WantedEdit[],
  { evidence, ...known }: KnownOfEdits,
  reader: EvidenceReader,
  now: Instant,
): Promise<{ readonly edits: readonly WantedEdit[]; readonly dropped: readonly DroppedEdit[] }> {
  if (edits.length === 0) return { edits: [], dropped: [] };
  const { supervision } = subject.agent.environments.get(subject.environment)?.spec ?? {};
  const earlier = await readEarlierChanges(subject, edits, known, reader, now);
  const bounded = boundEdits(edits, {
    allowedPaths: supervision?.allowedPaths ?? [],
    spec: subject.spec,
    recent: earlier.recent,
    maxEdits: MOST_EDITS,
    evidenceIds: new Set(evidence.map((one) => one.id)),
    partialEvidence: partialIds(evidence),
    now,
    cooldownMs: PERSONS_DAY,
    tenant: subject.shared.tenants.get(subject.agent.tenant),
    // What no alert asks for is written into the overlay of its environment.
    otherEnvironments:
      subject.incident.occasion === undefined ? otherEnvironmentsOf(subject.agent, subject.environment) : [],
  });
  const fresh = withoutRepeats(bounded.edits, earlier);
  return { edits: fresh.edits, dropped: [...bounded.dropped, ...fresh.dropped] };
}
