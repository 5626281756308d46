import type { Evidence, Refusal } from "../domain/alert/evidence.ts";
import { code, prose, some } from "./markdown.ts";

/** What an operator sets so that a source can be read. */
const SETTINGS: Readonly<Record<Refusal["source"], { readonly credential: string; readonly tenant: string }>> = {
  Prometheus: {
    credential: "`PROMETHEUS_TOKEN`, or `PROMETHEUS_USERNAME` with `PROMETHEUS_PASSWORD`, beside `PROMETHEUS_URL`",
    tenant: "`spec.prometheus.tenant`",
  },
  Loki: {
    credential: "`LOKI_TOKEN`, or `LOKI_USERNAME` with `LOKI_PASSWORD`, beside `LOKI_URL`",
    tenant: "`spec.loki.tenant`",
  },
};

/** One paragraph for each source that refused who asks, or was not asked: its answer, what could not be read, and what to set. "" without one. */
export function refusalSentences(evidence: readonly Evidence[]): string {
  const refused = evidence.flatMap((one) =>
    one.kind === "missing" && one.refusal !== undefined
      ? [{ name: one.name, message: one.message, ...one.refusal }]
      : [],
  );
  const bySource = Map.groupBy(refused, ({ source }) => source);
  return [...bySource.values()].map(sentencesOf).join("\n\n");
}

/** One paragraph that says what sources have in place of what was asked for, where they answered nothing. "" without one. */
export function emptySourceSentences(evidence: readonly Evidence[]): string {
  const clauses = evidence.flatMap((one) =>
    one.kind === "missing" && one.instead !== undefined ? [`${code(one.name, 64)}: ${prose(one.instead, 600)}.`] : [],
  );
  return clauses.length === 0 ? "" : `**Nothing was found** for ${clauses.join(" Nothing was found for ")}`;
}

function sentencesOf(refused: readonly (Refusal & { readonly name: string; readonly message: string })[]): string {
  const [first] = refused;
  if (first === undefined) return "";
  const { source, status, message } = first;
  const { credential, tenant } = SETTINGS[source];
  const names = some([...new Set(refused.map(({ name }) => code(name, 64)))], 5);
  if (status === "withheld")
    return `**RAOS did not ask ${source}**, so it could not read ${names}: ${prose(message, 300)}.`;
  const mistake =
    status === 401 ? `Set ${credential}` : `Let the credential of RAOS read it, or set another: ${credential}`;
  return `**${source} answered ${status}**, so RAOS could not read ${names}. ${mistake}, in the environment of RAOS; where ${source} holds several tenants, set ${tenant} in \`raos.yaml\`.`;
}
