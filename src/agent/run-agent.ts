import { setTimeout } from "node:timers/promises";
import type { AgentConfig } from "../domain/agent/agent-config.ts";
import { endsByItself } from "../domain/agent/workload.ts";
import { createExecutor } from "./a2a/executor.ts";
import { createOperations } from "./a2a/operations.ts";
import { createReport } from "./a2a/report.ts";
import { createTaskStore } from "./a2a/task-store.ts";
import type { AgentLog } from "./agent-log.ts";
import { createAgentMetrics } from "./agent-metrics.ts";
import { createDaprRoutes } from "./events/dapr-routes.ts";
import { createA2aRoutes } from "./http/a2a-routes.ts";
import { createAgentServer, listenOn } from "./http/agent-server.ts";
import { createRunModel } from "./run/language-model.ts";
import { createOpenRuns } from "./run/open-runs.ts";
import type { RunRecord } from "./run/run-record.ts";
import { createRunTask } from "./run/run-task.ts";
import { createTasks } from "./run/tasks.ts";
import { createConversations } from "./state/conversations.ts";
import { createDaprState } from "./state/dapr-state.ts";
import { createMemoryState } from "./state/memory-state.ts";
import { createSpending } from "./state/spending.ts";
import { createMcpServers } from "./tools/mcp-servers.ts";
import { createPeerTools } from "./tools/peers.ts";

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly instructions: string;
  readonly card: unknown;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly host: string;
  readonly log: AgentLog;
  readonly now: () => number;
  /** Aborted where the process is to end. */
  readonly signal: AbortSignal;
}

/** Tasks of this process at the same time. */
const MOST_TASKS = 64;
const LEASE_MS = 20_000;
const RENEW_MS = 5000;
/** Shorter than the time for which the chart has the sidecar answer after the pod's end began. */
const GRACE_MS = 8000;

/** Runs the stock agent until the signal aborts, or, as a Job or CronJob, until its work is done. Returns whether it went well. */
export async function runAgent(options: AgentOptions): Promise<boolean> {
  const { config, instructions, card, env, host, log, now, signal } = options;
  const sidecar = `http://127.0.0.1:${env.DAPR_HTTP_PORT ?? "3500"}`;
  const storeName = config.dapr?.stateStore;
  const store = storeName === undefined ? createMemoryState() : createDaprState({ sidecar, store: storeName, fetch });
  if (!store.isDurable) log.warn("no state store: a restart forgets tasks and conversations; write spec.dapr.state");

  const metrics = createAgentMetrics(() => tasks.running());
  const mcp = createMcpServers({ servers: config.mcpServers, env, metrics, log, now });
  const owner = env.HOSTNAME ?? config.name;
  const open = createOpenRuns({ store, owner, leaseMs: LEASE_MS, now });
  const run = createRunTask({
    ...{ config, instructions, store, log, mcp },
    model: createRunModel({ model: config.model, env, metrics, now }),
    peers: createPeerTools({ config, sidecar, fetch }),
    conversations: createConversations(store),
    spending: createSpending(store, now),
  });
  const tasks = createTasks({ open, run, metrics, log, most: MOST_TASKS });
  const approvers = config.approvers ?? [];
  const taskStore = createTaskStore(store, approvers);
  const reportOf = (one: RunRecord) => createReport(one, { store: taskStore, now, bus: undefined });

  if (endsByItself(config.workload)) {
    const result = await run(scheduledRun(), signal);
    await mcp.close();
    log.info("work done", { end: result.kind });
    return result.kind === "answered";
  }

  const accept = async (one: RunRecord) => {
    if (!tasks.hasRoom()) return false;
    await tasks.accept(one, reportOf(one));
    return true;
  };
  const executor = createExecutor({ tasks, open, store: taskStore, now, log });
  const a2a = createA2aRoutes({
    handler: createOperations(card, taskStore, executor, approvers),
    card,
    hasRoom: tasks.hasRoom,
    hasSidecar: config.dapr !== undefined,
  });
  const routes = [createDaprRoutes({ config, accept }), ...(card === undefined ? [] : [a2a])];
  const server = createAgentServer({ config, metrics, routes, log });
  const port = await listenOn(server, config.port, host);
  log.info("agent ready", { port, tenant: config.tenant });

  await untilAborted(signal, RENEW_MS, () =>
    tasks.takeUp(reportOf).catch((error: unknown) => log.warn("unfinished tasks not read", { error })),
  );
  log.info("agent ends", { running: tasks.running() });
  server.close();
  await tasks.leave(GRACE_MS).catch((error: unknown) => log.warn("leases not given up", { error }));
  server.closeAllConnections();
  await mcp.close();
  return true;
}

function scheduledRun(): RunRecord {
  const id = "schedule";
  const text = "Do your work now, as your instructions say.";
  return { id, contextId: id, caller: "schedule", source: "schedule", text, hops: 0, attempts: 0, pauses: 0 };
}

/** Does the work at once, then again and again until the signal aborts. */
async function untilAborted(signal: AbortSignal, milliseconds: number, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work();
    // Rejects as soon as the signal aborts, which ends the loop.
    await setTimeout(milliseconds, undefined, { signal }).catch(() => {});
  }
}
