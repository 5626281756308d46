import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AgentConfig } from "../../domain/agent/agent-config.ts";
import { reply } from "../../http/reply.ts";
import type { AgentLog } from "../agent-log.ts";
import type { AgentMetrics } from "../agent-metrics.ts";

/** Answers a request; false where the path is not its own. */
type Routes = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

interface AgentServerOptions {
  readonly config: Pick<AgentConfig, "healthPath" | "metricsPath">;
  readonly metrics: AgentMetrics;
  readonly routes: readonly Routes[];
  readonly log: AgentLog;
}

/** The agent's HTTP server: health and metrics where the chart's probes and monitors ask, then its routes; 404 for the rest. */
export function createAgentServer({ config, metrics, routes, log }: AgentServerOptions): Server {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (request.method === "GET" && path === config.healthPath) return reply(response, 200, "ok\n");
    if (request.method === "GET" && path === config.metricsPath)
      return reply(response, 200, await metrics.registry.metrics(), metrics.registry.contentType);
    for (const route of routes) if (await route(path, request, response)) return;
    reply(response, 404, "not found\n");
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.warn("request failed", { path: request.url, error });
      reply(response, 500, "internal error\n");
    });
  });
  server.headersTimeout = 10_000;
  server.maxConnections = 2000;
  return server;
}

/** Listens on all addresses, as a container has to. Throws where the port is taken. */
export function listenOn(server: Server, port: number, host: string): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", fail).listen(port, host, () => {
      const address = server.address();
      done(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
