import type { Evidence } from "../../../domain/alert/evidence.ts";
import { withRenamedLabels } from "../../../domain/query/renamed-labels.ts";
import type { EvidenceReader, EvidenceRequest } from "../../../observe/evidence-reader.ts";

/** Evidence by the labels that an exporter gives; where there is none, by those that Prometheus renamed. Never throws. */
export async function readEither(ask: EvidenceRequest, id: string, reader: EvidenceReader): Promise<Evidence> {
  const found = await reader.read(ask, id);
  if (ask.kind !== "promql" || found.kind !== "missing" || found.reason !== "empty") return found;
  const query = withRenamedLabels(ask.query);
  if (query === undefined) return found;
  const renamed = await reader.read({ ...ask, query }, id);
  return renamed.kind === "missing" ? found : renamed;
}
