import { createServer, type ServerResponse } from "node:http";
import { environmentOfContext, kubernetesAnswer, logLines } from "./cluster.ts";
import { CLUSTER, ENVIRONMENTS, type Environment, type SimAgent } from "./fleet.ts";
import { metricSource, podsOf, type Sight } from "./metrics.ts";
import { evaluator } from "./promql.ts";

/** The Prometheus, the Loki and the two Kubernetes clusters of the simulated world, on one port of loopback. */
export interface WorldServer {
  readonly url: string;
  /** Queries that the world could not answer, with the reason. */
  readonly unknown: ReadonlyMap<string, string>;
  /** Which of prometheus, loki and kubernetes was asked. */
  readonly asked: ReadonlySet<string>;
  close(): Promise<void>;
}

/** What the server asks of the world. */
export interface Served extends Sight {
  now(): number;
  /** Whether a store of the Prometheus is away, so that its answers are partial. */
  isPartial(): boolean;
}

export async function startWorldServer(world: Served): Promise<WorldServer> {
  const unknown = new Map<string, string>();
  const sources = new Set<string>();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? "/", "http://world");
    const asked = new URLSearchParams(request.method === "POST" ? body : url.search);
    try {
      answer(url.pathname, asked, response);
    } catch (error) {
      // Thrown again once the pass is over: a pass takes it for a source that does not answer.
      unknown.set(asked.get("query") ?? url.pathname, error instanceof Error ? error.message : String(error));
      reply(response, { status: "error", error: "unknown query" }, 500);
    }
  });
  function answer(path: string, asked: URLSearchParams, response: ServerResponse): void {
    const [, context = "", rest = ""] = /^\/cluster\/([a-z0-9]+)(\/apis?\/.*)$/.exec(path) ?? [];
    const environment = environmentOfContext(context);
    sources.add(environment !== undefined ? "kubernetes" : path.startsWith("/loki") ? "loki" : "prometheus");
    if (environment !== undefined) {
      const found = kubernetesAnswer(world, environment, rest, asked, world.now());
      reply(response, found ?? { kind: "Status", status: "Failure", code: 404 }, found === undefined ? 404 : 200);
    } else if (path === "/api/v1/query_range") reply(response, queryRange(world, asked));
    else if (path === "/loki/api/v1/query_range") reply(response, queryLogs(world, asked));
    else reply(response, { status: "error" }, 404);
  }
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    unknown,
    asked: sources,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function reply(response: ServerResponse, value: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function queryRange(world: Served, asked: URLSearchParams): object {
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(asked.get(name)));
  const evaluate = evaluator(asked.get("query") ?? "", metricSource(world, world.now()));
  const series = new Map<string, { metric: object; values: [number, string][] }>();
  for (let time = start ?? 0; time <= (end ?? 0); time += step ?? 60)
    for (const { labels, value } of evaluate(time * 1000)) {
      const key = JSON.stringify(labels);
      const one = series.get(key) ?? { metric: labels, values: [] };
      one.values.push([time, String(value)]);
      series.set(key, one);
    }
  const warnings = world.isPartial()
    ? { warnings: ["No StoreAPIs matched for this query: store-gateway-1 is away, partial response"] }
    : {};
  return { status: "success", data: { resultType: "matrix", result: [...series.values()] }, ...warnings };
}

function queryLogs(world: Served, asked: URLSearchParams): object {
  const query = asked.get("query") ?? "";
  const text = (pattern: RegExp) => pattern.exec(query)?.[1]?.replace(/\\\\/g, "\\");
  const namespace = text(/namespace="([^"]*)"/);
  const pods = text(/pod=~"((?:[^"\\]|\\.)*)"/);
  const cluster = text(/cluster="([^"]*)"/);
  if (namespace === undefined || pods === undefined) throw new Error("a selector of logs names a namespace and pods");
  const podTest = new RegExp(`^(?:${pods})$`);
  const isSidecar = /container="daprd"/.test(query);
  const filters = [...query.matchAll(/\|~ "((?:[^"\\]|\\.)*)"/g)].map(
    ([, one = ""]) => new RegExp(one.replace(/\\(.)/g, "$1").replace(/^\(\?i\)/, ""), "i"),
  );
  const [start, end] = ["start", "end"].map((name) => Number(asked.get(name)) / 1e6);
  const linesOf = (agent: SimAgent, environment: Environment) => {
    const { signals } = world.at(agent, environment, end ?? 0);
    const lines =
      isSidecar && signals.crash?.container === "daprd"
        ? [[(end ?? 0) - 1000, signals.crash.line] as const]
        : isSidecar
          ? []
          : logLines(world, agent, environment, start ?? 0, end ?? 0);
    return lines.filter(([, line]) => filters.every((one) => one.test(line)));
  };
  const result = world.agents
    .filter((agent) => agent.tenant === namespace)
    .flatMap((agent) =>
      ENVIRONMENTS.flatMap((environment) => {
        const [pod = ""] = podsOf(agent, environment, 1);
        if (!podTest.test(pod) || (cluster !== undefined && cluster !== CLUSTER[environment])) return [];
        const values = linesOf(agent, environment)
          .slice(-Number(asked.get("limit") ?? 100))
          .map(([time, line]) => [`${Math.floor(time)}000000`, line]);
        return values.length === 0 ? [] : [{ stream: { namespace, pod, cluster: CLUSTER[environment] }, values }];
      }),
    );
  return { status: "success", data: { resultType: "streams", result } };
}
