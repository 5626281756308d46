import type { Evidence } from "../domain/evidence.ts";
import type { DroppedEdit, Finding, WantedEdit } from "../domain/incident.ts";
import type { Answer, Instruments, Question } from "../model/investigator.ts";
import type { Observatory } from "../observe/observatory.ts";
import { logSelector, scopePromql } from "../observe/scope.ts";
import { valueInSpec } from "../remedy/pointer-in-spec.ts";
import type { Setting } from "../step.ts";
import { historyOf } from "./gather.ts";
import { bounded } from "./rules.ts";
import type { Subject } from "./subject.ts";

export type Investigated =
  | { readonly kind: "finding"; readonly finding: Finding }
  | { readonly kind: "pending" }
  | { readonly kind: "nobody"; readonly reason: string };

/** Asks the model, and bounds what it answers by the agent's allowed paths. A model that fails is a finding too. */
export async function investigate(
  setting: Setting,
  branch: string,
  subject: Subject,
  evidence: readonly Evidence[],
  observatory: Observatory,
): Promise<Investigated> {
  const { world, seen } = setting;
  const investigations = world.investigations(seen.fleet.config);
  if (investigations === undefined) {
    const reason = "no model is configured: set spec.model in raos.yaml, and OPENAI_API_KEY in the environment";
    return { kind: "nobody", reason };
  }
  if ("unavailable" in investigations) return { kind: "nobody", reason: investigations.unavailable };
  const question = () => questionOf(subject, evidence, observatory);
  // The same alert days later is another incident.
  const began = Math.min(...subject.incident.alerts.map((alert) => alert.startsAt));
  const answer = await investigations.ask({ branch, began }, question, () =>
    instrumentsOf(subject, observatory, world.now),
  );
  if (answer === undefined) return { kind: "pending" };
  return { kind: "finding", finding: await finding(await redacted(answer, observatory), subject, world.now()) };
}

async function questionOf(
  subject: Subject,
  evidence: readonly Evidence[],
  observatory: Observatory,
): Promise<Question> {
  const { agent, environment, namespace, spec, incident } = subject;
  const alerts = await observatory.redactJson(
    incident.alerts.slice(0, 20).map(({ labels, annotations }) => ({ labels, annotations })),
  );
  const shown = incident.alerts.slice(0, 20).map((alert, index) => ({ ...alert, ...strings(alerts, index) }));
  return {
    incident: { ...incident, alerts: shown },
    agent: agent.key,
    environment,
    namespace,
    spec: await observatory.redactJson(spec),
    allowedPaths: agent.environments.get(environment)?.spec.supervision.allowedPaths ?? [],
    evidence: await Promise.all(evidence.map((one) => withoutSecrets(one, observatory))),
  };
}

/** An earlier spec may hold what today's would not pass with; rules still need it as it was. */
async function withoutSecrets(one: Evidence, observatory: Observatory): Promise<Evidence> {
  if (one.kind !== "history" || one.previous === undefined) return one;
  return { ...one, previous: { ...one.previous, spec: await observatory.redactJson(one.previous.spec) } };
}

/** What a model writes may hold what it put together from pieces. */
async function redacted(answer: Answer, observatory: Observatory): Promise<Answer> {
  return {
    ...answer,
    summary: await observatory.redact(answer.summary),
    cause: await observatory.redact(answer.cause),
    edits: await Promise.all(answer.edits.map(async (edit) => ({ ...edit, why: await observatory.redact(edit.why) }))),
  };
}

function strings(
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

/** What the model may look at: its own agent's namespace, and nothing beside it. */
function instrumentsOf(subject: Subject, observatory: Observatory, now: () => number): Instruments {
  let next = 100;
  const id = () => `e${++next}`;
  const { namespace, agent } = subject;
  const span = (seconds: number) => ({ start: now() - Math.min(Math.max(seconds, 60), WEEK) * 1000, end: now() });
  const refused = (query: string, message: string) =>
    shown(
      { kind: "missing", id: id(), name: "asked", query: query.slice(0, 200), reason: "refused", message },
      observatory,
    );
  return {
    async metrics(query, rangeSeconds) {
      const scoped = scopePromql(query, namespace);
      if (typeof scoped !== "string") return refused(query, scoped.problem);
      const ask = { kind: "promql", name: "asked", query: scoped, unit: "count", threshold: undefined } as const;
      return shown(await observatory.look({ ...ask, ...span(rangeSeconds) }, id()), observatory);
    },
    async logs(pattern, rangeSeconds) {
      const query = logSelector(namespace, agent.name, pattern);
      const deployedAt = subject.versions[0]?.at;
      const ask = { kind: "logql", name: "asked", query, lines: 2000, deployedAt } as const;
      return shown(await observatory.look({ ...ask, ...span(rangeSeconds) }, id()), observatory);
    },
    objects: (what) => observatory.look({ kind: "kubernetes", name: what, what, namespace, agent: agent.name }, id()),
    history: async () => withoutSecrets(await historyOf(subject, id(), "history", observatory), observatory),
  };
}

/** A query of the model's own is a text of the model's, and is shown to people. */
async function shown(one: Evidence, observatory: Observatory): Promise<Evidence> {
  const query = await observatory.redact(one.query);
  if (query === one.query) return one;
  return "link" in one ? { ...one, query, link: undefined } : { ...one, query };
}

const WEEK = 7 * 86_400;

async function finding(answer: Answer, subject: Subject, now: number): Promise<Finding> {
  const ids = new Set(answer.evidence.filter((one) => one.kind !== "missing").map((one) => one.id));
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
    answer.kind === "found" ? await bounded(subject, wanted, ids, now) : { edits: [], dropped: unsure };
  const { cites: _, edits: __, ...told } = answer;
  return { ...told, edits, dropped };
}
