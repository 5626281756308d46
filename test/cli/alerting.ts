import { createServer } from "node:http";
import { onTestFinished } from "vitest";
import type { Outcome } from "../../src/domain/change.ts";
import type { StandingIssue } from "../../src/domain/incident.ts";
import { raos } from "./terminal.ts";
import { type Workshop, workshop } from "./workshop.ts";

export const NOW = Date.parse("2026-06-01T12:00:00Z");
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const MI = 2 ** 20;

/** Numbers that a Prometheus on loopback answers, one a minute up to now, to queries that hold a text. */
export type Readings = Readonly<Record<string, readonly number[]>>;

/** An agent of the tenant acme, which comments and order make a person's. */
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

export interface Alerting {
  readonly place: Workshop;
  /** `raos reconcile --alerts -` with this payload, at a moment. */
  reconcile(alerts: readonly object[], at?: number, ...more: readonly string[]): Promise<readonly Outcome[]>;
  pulls(
    state?: string,
  ): Promise<readonly { number: number; branch: string; title: string; body: string; state: string }[]>;
  issues(state?: string): Promise<readonly StandingIssue[]>;
  pr(verb: string, ...numbers: readonly (string | number)[]): Promise<void>;
  /** Lines that an open pull request takes away and adds, and the files they are in. */
  diff(branch: string): { readonly files: readonly string[]; readonly lines: readonly string[] };
}

/** Agents whose every file is merged, with a Prometheus that answers these numbers, each once `before`, which is given the query, is over. */
export async function alerting(
  agents: Readonly<Record<string, string>>,
  readings: Readings = {},
  config = "",
  before: (query: string) => Promise<void> = async () => {},
): Promise<Alerting> {
  const prometheus = await startReadings(readings, before);
  const place = workshop(null);
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
  const pr: Alerting["pr"] = async (verb, ...numbers) => {
    const ran = await run(["pr", verb, ...numbers.map(String)]);
    if (ran.code !== 0) throw new Error(ran.err);
  };
  const pulls: Alerting["pulls"] = (state = "open") => json(["pr", "list", "--state", state]);
  await run(["reconcile"], NOW - 48 * HOUR);
  const opened = await pulls();
  if (opened.length > 0) await pr("merge", ...opened.map(({ number }) => number));
  place.git("pull", "--quiet", "origin", "main");
  return {
    place,
    pulls,
    pr,
    issues: (state = "open") => json(["issue", "list", "--state", state]),
    async reconcile(alerts, at = NOW, ...more) {
      const payload = JSON.stringify({ version: "4", truncatedAlerts: 0, alerts });
      const ran = await run(["reconcile", "--alerts", "-", "--output", "json", ...more], at, payload);
      if (ran.err !== "") throw new Error(ran.err);
      return JSON.parse(ran.out);
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
export function ended(one: object): object {
  return { ...one, status: "resolved", endsAt: new Date(NOW - 5 * MINUTE).toISOString() };
}

/** `opened acme/triage out-of-memory: reason`, of what alerts led to. */
export function words(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes
    .filter(({ cause }) => cause === "alert")
    .map(
      ({ kind, agent: key, remedy, reason }) =>
        `${kind} ${key}${remedy === undefined ? "" : ` ${remedy}`}${reason === undefined ? "" : `: ${reason}`}`,
    );
}

async function startReadings(readings: Readings, before: (query: string) => Promise<void>): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const asked = new URLSearchParams(body);
    await before(asked.get("query") ?? "");
    const [, values = []] = Object.entries(readings).find(([text]) => asked.get("query")?.includes(text)) ?? [];
    const end = Number(asked.get("end"));
    const points = values.map((value, index) => [end - (values.length - 1 - index) * 60, String(value)]);
    const result = points.length === 0 ? [] : [{ metric: { pod: "one" }, values: points }];
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}
