import type { Evidence } from "../../domain/alert/evidence.ts";
import type { DroppedEdit, ModelFinding, WantedEdit } from "../../domain/alert/incident.ts";
import type { Answer, Question } from "../../model/investigator.ts";
import type { EvidenceReader } from "../../observe/evidence-reader.ts";
import type { Pass } from "../../pass/pass.ts";
import { valueInSpec } from "../../remedy/value-in-spec.ts";
import { keepWithinBounds } from "./apply-remedy.ts";
import { createInstruments, redactPreviousSpec } from "./evidence/instruments.ts";
import type { Subject } from "./evidence/subject.ts";

export type Investigated =
  | { readonly kind: "finding"; readonly finding: ModelFinding }
  /** There is no answer yet: the model works on it, or a dry run does not ask. */
  | { readonly kind: "pending"; readonly reason: "investigating" | "model-not-asked" }
  /** No model can be asked. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** Asks the model, and drops the edits of its answer that are out of the agent's bounds. A model that fails is a finding too. */
export async function investigate(
  pass: Pass,
  branch: string,
  subject: Subject,
  evidence: readonly Evidence[],
  reader: EvidenceReader,
): Promise<Investigated> {
  const { world, survey } = pass;
  const investigations = world.investigations(survey.fleet.config);
  if (investigations === undefined) {
    const reason = "no model is configured: set spec.model in raos.yaml, and OPENAI_API_KEY in the environment";
    return { kind: "unavailable", reason };
  }
  if ("unavailable" in investigations) return { kind: "unavailable", reason: investigations.unavailable };
  if (pass.isDryRun) return { kind: "pending", reason: "model-not-asked" };
  const question = () => questionOf(subject, evidence, reader);
  // The same alert days later is another incident.
  const began = Math.min(...subject.incident.alerts.map((alert) => alert.startsAt));
  const answer = await investigations.ask({ branch, began }, question, () =>
    createInstruments(subject, reader, world.now),
  );
  if (answer === undefined) return { kind: "pending", reason: "investigating" };
  const finding = await findingOf(await redactAnswer(answer, reader), subject, reader, world.now());
  return { kind: "finding", finding };
}

async function questionOf(subject: Subject, evidence: readonly Evidence[], reader: EvidenceReader): Promise<Question> {
  const { agent, environment, namespace, spec, incident } = subject;
  const alerts = await reader.redactJson(
    incident.alerts.slice(0, 20).map(({ labels, annotations }) => ({ labels, annotations })),
  );
  const redactQuery = incident.alerts.slice(0, 20).map((alert, index) => ({ ...alert, ...stringMaps(alerts, index) }));
  return {
    incident: { ...incident, alerts: redactQuery },
    agent: agent.key,
    environment,
    namespace,
    spec: await reader.redactJson(spec),
    allowedPaths: agent.environments.get(environment)?.spec.supervision.allowedPaths ?? [],
    evidence: await Promise.all(evidence.map((one) => redactPreviousSpec(one, reader))),
  };
}

/** A model may put a secret together from pieces of what it read. */
async function redactAnswer(answer: Answer, reader: EvidenceReader): Promise<Answer> {
  return {
    ...answer,
    summary: await reader.redact(answer.summary),
    cause: await reader.redact(answer.cause),
    edits: await Promise.all(answer.edits.map(async (edit) => ({ ...edit, why: await reader.redact(edit.why) }))),
  };
}

function stringMaps(
  alerts: unknown,
  index: number,
): Pick<Question["incident"]["alerts"][number], "labels" | "annotations"> {
  const one: unknown = Array.isArray(alerts) ? alerts[index] : undefined;
  const part = (name: string): Readonly<Record<string, string>> => {
    const found: unknown = typeof one === "object" && one !== null ? Reflect.get(one, name) : undefined;
    if (typeof found !== "object" || found === null) return {};
    return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, String(value)]));
  };
  return { labels: part("labels"), annotations: part("annotations") };
}

async function findingOf(answer: Answer, subject: Subject, reader: EvidenceReader, now: number): Promise<ModelFinding> {
  const evidence = answer.evidence.filter((one) => one.kind !== "missing");
  const wanted = answer.edits.map(
    (edit): WantedEdit => ({
      kind: edit.to === undefined ? "remove" : "set",
      agent: subject.agent.key,
      at: edit.at,
      from: valueInSpec(subject.spec, edit.at),
      to: edit.to,
      why: edit.why,
      by: "model",
      evidence: edit.evidence,
    }),
  );
  const unsure: DroppedEdit[] = [];
  const { edits, dropped } =
    answer.kind === "found"
      ? await keepWithinBounds(subject, wanted, { evidence, verify: undefined, firedUntil: undefined }, reader, now)
      : { edits: [], dropped: unsure };
  const { cites: _, edits: __, ...found } = answer;
  return { ...found, edits, dropped };
}
