import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AgentConfig } from "../../domain/agent/agent-config.ts";
import { reply } from "../../http/reply.ts";
import { sendJson } from "../http/answers.ts";
import { readRequestBody } from "../http/request-body.ts";
import { requestCaller } from "../http/request-caller.ts";
import type { RunRecord } from "../run/run-record.ts";
import { eventMessage } from "./event-message.ts";

/** Answers a request of the sidecar; false where its path is none of them. */
export type DaprRoutes = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

interface DaprRoutesOptions {
  readonly config: Pick<AgentConfig, "dapr">;
  /** Keeps a task, after which the message counts as processed. False: there is no room. */
  readonly accept: (run: RunRecord) => Promise<boolean>;
}

/** What Dapr does with a message (docs.dapr.io/reference/api/pubsub_api). */
type Verdict = "SUCCESS" | "RETRY" | "DROP";

const JOB = /^\/job\/([A-Za-z0-9._-]{1,200})$/;
const MOST_ENTRIES = 1000;

/**
 * Messages of topics and triggers of jobs, which Dapr posts to the agent. A message is answered once its task is kept in the state
 * store, not when the task has ended, so that a broker does not deliver it again meanwhile.
 */
export function createDaprRoutes({ config, accept }: DaprRoutesOptions): DaprRoutes {
  const routes = new Set(config.dapr?.routes ?? []);

  async function take(event: unknown): Promise<Verdict> {
    const message = eventMessage(event);
    if (message === undefined) return "DROP";
    const run = { ...message, contextId: message.id, caller: "topic", source: "topic" as const };
    return (await accept({ ...run, hops: 0, attempts: 0, pauses: 0 })) ? "SUCCESS" : "RETRY";
  }

  async function takeAll(entries: readonly unknown[]): Promise<unknown> {
    const statuses: { readonly entryId: string; readonly status: Verdict }[] = [];
    for (const entry of entries.slice(0, MOST_ENTRIES)) {
      if (typeof entry !== "object" || entry === null || !("entryId" in entry)) continue;
      const status = await take("event" in entry ? entry.event : undefined);
      statuses.push({ entryId: String(entry.entryId), status });
    }
    return { statuses };
  }

  async function takeJob(name: string, payload: unknown): Promise<boolean> {
    const data = typeof payload === "object" && payload !== null && "value" in payload ? payload.value : payload;
    const text = `The job ${name} is due.${data === undefined || data === null ? "" : `\n\n${JSON.stringify(data)}`}`;
    const id = `job-${randomUUID()}`;
    return accept({ id, contextId: id, caller: "job", source: "job", text, hops: 0, attempts: 0, pauses: 0 });
  }

  return async (path, request, response) => {
    // Subscriptions are objects of the cluster; the sidecar asks for those of the program, too.
    if (path === "/dapr/subscribe") sendJson(response, 200, []);
    const job = JOB.exec(path)?.[1];
    if (path === "/dapr/subscribe" || request.method !== "POST" || (job === undefined && !routes.has(path)))
      return path === "/dapr/subscribe";
    // The sidecar names an application that calls; a message comes from the sidecar itself. That a caller without a name comes no
    // further than the sidecar is the part of the access control that the chart writes.
    if (requestCaller(request, true).kind !== "nameless") {
      reply(response, 403, "messages come from topics and jobs of the sidecar alone\n");
      return true;
    }
    const body = await readRequestBody(request);
    if (body.kind === "refused") {
      // What is too large, or no JSON, cannot be read later either.
      const isForGood = body.why === "too-large" || body.why === "no-json";
      response.setHeader("connection", "close");
      sendJson(response, isForGood ? 200 : 500, { status: "DROP" });
      return true;
    }
    if (job !== undefined) reply(response, (await takeJob(job, body.value)) ? 200 : 503, "");
    else if (isBulk(body.value)) sendJson(response, 200, await takeAll(body.value.entries));
    else sendJson(response, 200, { status: await take(body.value) });
    return true;
  };
}

function isBulk(body: unknown): body is { readonly entries: readonly unknown[] } {
  return typeof body === "object" && body !== null && "entries" in body && Array.isArray(body.entries);
}
