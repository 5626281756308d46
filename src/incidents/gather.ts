import type { Evidence } from "../domain/evidence.ts";
import { at } from "../domain/json.ts";
import type { Instant } from "../domain/scalars.ts";
import type { Ask, Observatory } from "../observe/observatory.ts";
import { thresholdOf } from "../remedy/consider.ts";
import { fillQuery } from "../remedy/fill-query.ts";
import type { CompiledRemedy } from "../remedy/read-remedies.ts";
import { beganAt } from "./desk.ts";
import { specsOf } from "./past-specs.ts";
import type { Subject } from "./subject.ts";

/** The evidence a remedy asks for, read concurrently; ids `e1`, `e2`, … in the remedy's order. Never throws. */
export async function gather(
  remedy: CompiledRemedy,
  subject: Subject,
  observatory: Observatory,
  now: Instant,
): Promise<readonly Evidence[]> {
  return Promise.all(
    remedy.evidence.map((wanted, index) => {
      const id = `e${index + 1}`;
      const { name } = wanted;
      if (wanted.kind === "history") return historyOf(subject, id, name, observatory);
      const ask = askOf(wanted, subject, now);
      if ("problem" in ask) {
        return { kind: "missing", id, name, query: "", reason: "refused", message: ask.problem } as const;
      }
      return observatory.look(ask, id);
    }),
  );
}

/** What filled-in queries know of an agent. */
export function namesOf({ agent, environment, namespace, incident }: Subject) {
  return {
    agent: { name: agent.name, namespace, tenant: agent.tenant, environment },
    labels: (incident.alerts.find((alert) => alert.status === "firing") ?? incident.alerts[0])?.labels ?? {},
  };
}

function askOf(
  wanted: Exclude<CompiledRemedy["evidence"][number], { readonly kind: "history" }>,
  subject: Subject,
  now: Instant,
): Ask | { readonly problem: string } {
  const { name } = wanted;
  if (wanted.kind === "kubernetes") {
    return { kind: "kubernetes", name, what: wanted.what, namespace: subject.namespace, agent: subject.agent.name };
  }
  const query = fillQuery(wanted.query, namesOf(subject), wanted.kind);
  if (typeof query !== "string") return query;
  const span = { start: now - wanted.rangeMs, end: now };
  if (wanted.kind === "logql") {
    const deployedAt = subject.versions[0]?.at;
    return { kind: "logql", name, query, ...span, lines: wanted.lines, deployedAt };
  }
  return { kind: "promql", name, query, ...span, unit: wanted.unit, threshold: thresholdOf(wanted, aboutOf(subject)) };
}

/** An incident as expressions see it, before any evidence. */
export function aboutOf(subject: Subject) {
  return {
    incident: subject.incident,
    agent: subject.agent.key,
    environment: subject.environment,
    namespace: subject.namespace,
    spec: subject.spec,
  };
}

/** The commits of a spec, and the spec in effect before the newest one that came before the first alert. */
export async function historyOf(
  subject: Subject,
  id: string,
  name: string,
  observatory: Observatory,
): Promise<Evidence> {
  const query = `git log -- ${subject.agent.path}`;
  if (subject.versions.length === 0) {
    return { kind: "missing", id, name, query, reason: "empty", message: "the spec has no history here" };
  }
  const began = beganAt(subject.incident.alerts);
  const commits = await Promise.all(
    subject.versions.slice(0, 20).map(async ({ sha, at: when, byBot, subject: line }) => ({
      sha,
      at: when,
      byBot,
      subject: await observatory.redact(line),
    })),
  );
  return { kind: "history", id, name, query, commits, previous: await previousOf(subject, began) };
}

/**
 * The version before the one that changed what runs: its image, prompt, model or resources. Undefined where that change
 * came after the alert, or more than a day before it, whatever else was changed since.
 */
async function previousOf(
  subject: Subject,
  began: Instant,
): Promise<Extract<Evidence, { kind: "history" }>["previous"]> {
  const specs = await specsOf(subject);
  const running = specs.map(({ spec }) => JSON.stringify(RUNS.map((part) => at(spec, part) ?? null)));
  const other = running.findIndex((one) => one !== running[0]);
  const [changed, previous] = [specs[other - 1], specs[other]];
  if (changed === undefined || previous === undefined) return undefined;
  if (changed.at > began || began - changed.at > DAY) return undefined;
  return { sha: previous.sha, spec: previous.spec };
}

const DAY = 86_400_000;
const RUNS = ["runtime", "instructions", "model", "tools", "dapr"];
