import type { Issue } from "../../../src/domain/alert/incident.ts";
import type { Outcome } from "../../../src/domain/decision.ts";
import { listen } from "../../servers/loopback.ts";
import { type FleetClone, fleetClone } from "./fleet-clone.ts";
import { raos } from "./raos.ts";

export const NOW = Date.parse("2026-06-01T12:00:00Z");
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const MI = 2 ** 20;

/** A series that has the same value at each step of a query, or only for so many milliseconds before its end. */
export interface SteadySeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly since?: number;
}

/** What a Prometheus on loopback answers to queries that hold a text: numbers, one a minute up to now, or whole series. */
export type Readings = Readonly<Record<string, readonly number[] | readonly SteadySeries[]>>;

/** The spec of an agent of the tenant acme, with comments and an order as a person writes it. */
export function agent(name: string, changed: Readonly<Record<string, string>> = {}): string {
  const lines: Readonly<Record<string, string>> = {
    runtime: `
    image: ghcr.io/acme/${name}:1.0.0
    resources:
      requests: {cpu: 100m, memory: 256Mi}
      limits: {memory: 512Mi} # measured in May
    port: 8080`,
    scaling: "{min: 1, max: 4, hpa: {cpu: 70}}",
    supervision: "{allowedPaths: [/spec/runtime, /spec/scaling, /spec/model], maxChangesPerDay: 3}",
    ...changed,
  };
  return `# The ${name} agent.
apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: acme}
spec:
  description: Works on ${name}
  instructions: {inline: Do it.}
  model: {name: gpt-5-mini, fallbacks: [gpt-5-nano], maxConcurrency: 8, apiKeySecretRef: {name: llm, key: key}}
${Object.entries(lines)
  .map(([key, value]) => `  ${key}: ${value}\n`)
  .join("")}`;
}

export interface AlertingFleet {
  readonly place: FleetClone;
  /** `raos reconcile --alerts -` with this payload, at a moment; without what became of merged pull requests. */
  reconcile(alerts: readonly object[], at?: number, ...more: readonly string[]): Promise<readonly Outcome[]>;
  pulls(
    state?: string,
  ): Promise<readonly { number: number; branch: string; title: string; body: string; state: string }[]>;
  issues(state?: string): Promise<readonly Issue[]>;
  /** Merges pull requests as a person does, at a moment. */
  mergeAt(at: number, ...numbers: readonly number[]): Promise<void>;
  pr(verb: string, ...numbers: readonly (string | number)[]): Promise<void>;
  /** As `pr`, at a moment. */
  prAt(at: number, verb: string, ...numbers: readonly (string | number)[]): Promise<void>;
  /** Lines that an open pull request takes away and adds, and the files they are in. */
  diff(branch: string): { readonly files: readonly string[]; readonly lines: readonly string[] };
}

/**
 * A fleet with every generated file merged, and a Prometheus that answers these numbers, with what it notes beside them; each answer
 * waits for `before`, which gets the query.
 */
export async function alertingFleet(
  agents: Readonly<Record<string, string>>,
  readings: Readings = {},
  config = "",
  before: (query: string) => Promise<void> = async () => {},
  notes: object = {},
): Promise<AlertingFleet> {
  const prometheus = await startReadings(readings, before, notes);
  const place = fleetClone(null);
  place.commit({
    "raos.yaml": `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  environments: [{name: staging, alerts: {cluster: s1}}, {name: production, alerts: {cluster: p1}}]
  prometheus: {url: "${prometheus}"}
${config}`,
    "tenants/acme.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
    ...Object.fromEntries(Object.entries(agents).map(([name, text]) => [`agents/acme/${name}.yaml`, text])),
  });
  const run = (argv: readonly string[], at = NOW, input = "") =>
    raos(place.clone, [...argv, "--repo", place.bare], {}, () => at, input);
  const json = async (argv: readonly string[]) => JSON.parse((await run([...argv, "--output", "json"])).out);
  const prAt = async (at: number, verb: string, ...numbers: readonly (string | number)[]) => {
    const ran = await run(["pr", verb, ...numbers.map(String)], at);
    if (ran.code !== 0) throw new Error(ran.err);
  };
  const pr: AlertingFleet["pr"] = (verb, ...numbers) => prAt(NOW, verb, ...numbers);
  const pulls: AlertingFleet["pulls"] = (state = "open") => json(["pr", "list", "--state", state]);
  await run(["reconcile"], NOW - 48 * HOUR);
  const opened = await pulls();
  if (opened.length > 0) await pr("merge", ...opened.map(({ number }) => number));
  place.git("pull", "--quiet", "origin", "main");
  return {
    place,
    pulls,
    pr,
    prAt,
    mergeAt: (at, ...numbers) => prAt(at, "merge", ...numbers),
    issues: (state = "open") => json(["issue", "list", "--state", state]),
    async reconcile(alerts, at = NOW, ...more) {
      const payload = JSON.stringify({ version: "4", truncatedAlerts: 0, alerts });
      const ran = await run(["reconcile", "--alerts", "-", "--output", "json", ...more], at, payload);
      if (ran.err !== "") throw new Error(ran.err);
      const outcomes: readonly Outcome[] = JSON.parse(ran.out);
      return outcomes.filter(({ cause }) => cause !== "rollout");
    },
    diff(branch) {
      place.git("fetch", "--quiet", "origin");
      const range = `origin/main...origin/${branch}`;
      const lines = place.git("diff", "--unified=0", range, "--", "agents").split("\n");
      return {
        files: place.git("diff", "--name-only", range).trim().split("\n"),
        lines: lines.filter((line) => /^[-+](?![-+])/.test(line)),
      };
    },
  };
}

/** An alert about an agent of acme, twenty minutes old. */
export function alert(
  alertname: string,
  about: string,
  labels: Readonly<Record<string, string>> = {},
  rest: Readonly<Record<string, unknown>> = {},
): object {
  return {
    status: "firing",
    labels: { alertname, raos_agent: about, raos_tenant: "acme", cluster: "p1", ...labels },
    annotations: { summary: `${about} is not well` },
    startsAt: new Date(NOW - 20 * MINUTE).toISOString(),
    endsAt: "0001-01-01T00:00:00Z",
    ...rest,
  };
}

/** The same alert, ended five minutes ago. */
export function resolved(one: object): object {
  return { ...one, status: "resolved", endsAt: new Date(NOW - 5 * MINUTE).toISOString() };
}

/** The outcomes of alerts, as texts: `opened acme/triage out-of-memory: reason`. */
export function outcomeTexts(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes
    .filter(({ cause }) => cause === "alert")
    .map(
      ({ kind, agent: key, remedy, reason }) =>
        `${kind} ${key}${remedy === undefined ? "" : ` ${remedy}`}${reason === undefined ? "" : `: ${reason}`}`,
    );
}

async function startReadings(
  readings: Readings,
  before: (query: string) => Promise<void>,
  notes: object,
): Promise<string> {
  return listen(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const asked = new URLSearchParams(body);
    await before(asked.get("query") ?? "");
    const [, values = []] = Object.entries(readings).find(([text]) => asked.get("query")?.includes(text)) ?? [];
    const end = Number(asked.get("end"));
    const numbers = values.filter((value) => typeof value === "number");
    const points = numbers.map((value, index) => [end - (numbers.length - 1 - index) * 60, String(value)]);
    const resource = /kube_pod_container_resource_\w+/.test(asked.get("query") ?? "") ? { resource: "memory" } : {};
    const steady = values
      .filter((value) => typeof value === "object")
      .map((one) => ({ metric: one.labels, values: pointsOf(one, asked) }));
    const result = points.length === 0 ? steady : [{ metric: { pod: "one", ...resource }, values: points }];
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ status: "success", data: { resultType: "matrix", result }, ...notes }));
  });
}

function pointsOf({ value, since = Number.POSITIVE_INFINITY }: SteadySeries, asked: URLSearchParams) {
  const [start = 0, end = 0, step = 1] = ["start", "end", "step"].map((name) => Number(asked.get(name)));
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step)
    .filter((at) => at >= end - since / 1000)
    .map((at) => [at, String(value)]);
}
