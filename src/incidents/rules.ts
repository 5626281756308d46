import type { DroppedEdit, IncidentStory, WantedEdit } from "../domain/incident.ts";
import type { Instant } from "../domain/scalars.ts";
import type { Observatory } from "../observe/observatory.ts";
import { bound } from "../remedy/bound.ts";
import { consider } from "../remedy/consider.ts";
import { fillQuery } from "../remedy/fill-query.ts";
import { elsewhereOf } from "./elsewhere.ts";
import { aboutOf, gather, namesOf } from "./gather.ts";
import type { IncidentUnit } from "./incident-units.ts";
import { changesOf, specsOf } from "./past-specs.ts";
import type { Subject } from "./subject.ts";

/** Most edits of one agent that one pull request may hold. */
const MOST_EDITS = 10;
/** After a person changed a value nothing takes that back for a day. */
const PERSONS_DAY = 86_400_000;

/** What the rules come to: the edits that remain, and the story so far. */
export interface Considered {
  readonly edits: readonly WantedEdit[];
  readonly story: Omit<IncidentStory, "resolvedAt">;
}

/** Gathers the remedy's evidence for each agent, works out its edits, and drops those that its bounds forbid. */
export async function considered(
  unit: IncidentUnit,
  subjects: readonly Subject[],
  observatory: Observatory,
  now: Instant,
): Promise<Considered> {
  const { remedy } = unit;
  const each = await Promise.all(
    subjects.map(async (subject) => {
      const evidence = remedy === undefined ? [] : await gather(remedy, subject, observatory, now);
      if (remedy === undefined) return { evidence, edits: [], dropped: [] };
      const wanted = consider(remedy, { ...aboutOf(subject), evidence });
      const kept = await bounded(subject, wanted.edits, new Set(evidence.map((one) => one.id)), now);
      return { evidence, edits: kept.edits, dropped: [...wanted.dropped, ...kept.dropped] };
    }),
  );
  const [first] = subjects;
  const [incident] = unit.incidents;
  if (incident === undefined) throw new RangeError("a unit without an incident");
  const filled = remedy?.verify && first && fillQuery(remedy.verify.promql, namesOf(first), "promql");
  return {
    edits: each.flatMap((one) => one.edits),
    story: {
      incident: await redacted({ ...incident, alerts: unit.incidents.flatMap((one) => one.alerts) }, observatory),
      agents: unit.agents,
      remedy: { name: unit.cause.remedy, description: remedy?.description ?? "" },
      // A storm shows the evidence of the first agent; every agent's is in its edits' reasons.
      evidence: each[0]?.evidence ?? [],
      dropped: each.flatMap((one) => one.dropped),
      finding: undefined,
      verify:
        typeof filled === "string" && remedy?.verify !== undefined
          ? { promql: filled, afterSeconds: remedy.verify.afterSeconds }
          : undefined,
    },
  };
}

/** Edits within the bounds of an agent, whoever asked for them. */
export async function bounded(
  subject: Subject,
  edits: readonly WantedEdit[],
  evidenceIds: ReadonlySet<string>,
  now: Instant,
): Promise<{ readonly edits: readonly WantedEdit[]; readonly dropped: readonly DroppedEdit[] }> {
  const paths = edits.map((edit) => edit.at);
  const { supervision } = subject.agent.environments.get(subject.environment)?.spec ?? {};
  return bound(edits, {
    allowedPaths: supervision?.allowedPaths ?? [],
    spec: subject.spec,
    recent: paths.length === 0 ? [] : changesOf(await specsOf(subject), paths),
    maxEdits: MOST_EDITS,
    evidenceIds,
    now,
    cooldownMs: PERSONS_DAY,
    tenant: subject.shared.tenants.get(subject.agent.tenant),
    elsewhere: elsewhereOf(subject.agent, subject.environment),
  });
}

/** Annotations are shown to people, and to the model; labels decide, and are shown too. */
export async function redacted(incident: IncidentStory["incident"], observatory: Observatory) {
  const texts = (record: Readonly<Record<string, string>>) =>
    Promise.all(Object.entries(record).map(async ([key, value]) => [key, await observatory.redact(value)] as const));
  const alerts = await Promise.all(
    incident.alerts.slice(0, 50).map(async (alert) => ({
      ...alert,
      labels: Object.fromEntries(await texts(alert.labels)),
      annotations: Object.fromEntries(await texts(alert.annotations)),
    })),
  );
  return { ...incident, alerts };
}
