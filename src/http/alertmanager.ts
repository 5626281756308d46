import * as z from "zod";
import { signalWithin } from "../deadline/deadline.ts";
import type { Alert } from "../domain/alert/alert.ts";
import { readAlerts } from "../domain/alert/alert-payload.ts";
import { authorizationHeader, type SignIn } from "../domain/values/authorization.ts";
import { endpointOf } from "../domain/values/endpoint.ts";
import type { Instant } from "../domain/values/scalars.ts";

/** What a request is sent by; the global `fetch` is one. */
type Send = (
  url: string,
  init: { method: "GET"; headers: Record<string, string>; redirect: "error"; signal: AbortSignal },
) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> | null;
}>;

export interface AlertmanagerOptions extends SignIn {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Left out: the global one. */
  readonly fetch?: Send | undefined;
  readonly deadlineMs: number;
  readonly now: () => Instant;
}

/** Most bytes of the answer. */
const LARGEST = 64 * 1024 * 1024;

/**
 * How long an Alertmanager must be up before its list counts as complete: Prometheus sends alerts
 * again within minutes. Milliseconds.
 */
const COMPLETE_AFTER = 300_000;

const Status = z.object({ uptime: z.iso.datetime({ offset: true }) });

/** The firing alerts. `isComplete` is false where Alertmanager has just started, or an alert cannot be read: others may fire. */
export interface ActiveAlerts {
  readonly alerts: readonly Alert[];
  readonly isComplete: boolean;
}

/**
 * Every alert that fires now and is neither silenced nor inhibited, by `GET /api/v2/alerts`. Throws an Error, which names
 * no address and no credential, where they cannot be read: then no alert counts as ended.
 */
export async function readActiveAlerts(from: AlertmanagerOptions): Promise<ActiveAlerts> {
  const now = from.now();
  const status = await getJson(from, "/api/v2/status").catch(() => undefined);
  const payload = await getJson(from, "/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false");
  if (!Array.isArray(payload)) throw new Error("Alertmanager answered in another shape");
  const { alerts, problems } = readAlerts(payload, from.now());
  if (problems.length > 0 && alerts.length === 0 && payload.length > 0)
    throw new Error("Alertmanager answered in another shape");
  const { data } = Status.safeParse(status);
  const isOldEnough = data !== undefined && now - Date.parse(data.uptime) >= COMPLETE_AFTER;
  return { alerts, isComplete: isOldEnough && problems.length === 0 };
}

async function getJson(from: AlertmanagerOptions, path: string): Promise<unknown> {
  const { url, deadlineMs } = from;
  const send: Send = from.fetch ?? fetch;
  const response = await send(endpointOf(url, path), {
    method: "GET",
    headers: { ...from.headers, ...authorizationHeader(from) },
    redirect: "error",
    signal: signalWithin(deadlineMs),
  }).catch((error: unknown) => {
    throw new Error(
      error instanceof DOMException && error.name === "TimeoutError"
        ? `Alertmanager did not answer within ${deadlineMs} ms`
        : "Alertmanager cannot be reached",
    );
  });
  if (!response.ok) throw new Error(`Alertmanager answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > LARGEST) break;
      chunks.push(chunk);
    }
  } catch {
    throw new Error("Alertmanager's answer ended early");
  }
  if (size > LARGEST) throw new Error("Alertmanager's answer is too large");
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Error("Alertmanager's answer is not JSON");
  }
}
