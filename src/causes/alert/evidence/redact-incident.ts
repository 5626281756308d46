import type { IncidentDetails } from "../../../domain/alert/incident.ts";
import type { EvidenceReader } from "../../../observe/evidence-reader.ts";

/** Most alerts of an incident that are shown. */
const MOST_ALERTS = 50;

/** The incident with secrets masked in its alerts' labels and annotations, which are shown to people and to the model. */
export async function redactIncident(
  incident: IncidentDetails["incident"],
  reader: EvidenceReader,
): Promise<IncidentDetails["incident"]> {
  const redactValues = async (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      await Promise.all(Object.entries(record).map(async ([key, value]) => [key, await reader.redact(value)] as const)),
    );
  const alerts = await Promise.all(
    incident.alerts.slice(0, MOST_ALERTS).map(async (alert) => ({
      ...alert,
      labels: await redactValues(alert.labels),
      annotations: await redactValues(alert.annotations),
    })),
  );
  return { ...incident, alerts };
}
