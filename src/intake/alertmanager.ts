import * as z from "zod";
import { signalWithin } from "../deadline/deadline.ts";
import type { Alert } from "../domain/alert.ts";
import { readAlerts } from "../domain/alert-payload.ts";
import type { Instant } from "../domain/scalars.ts";
import { withoutTrailing } from "../domain/trim.ts";

export interface ReadBack {
  readonly url: string;
  readonly bearer?: string | undefined;
  readonly deadlineMs: number;
  readonly now: () => Instant;
}

/** Most bytes of the answer. */
const LARGEST = 64 * 1024 * 1024;

/** A younger Alertmanager has not heard yet of everything that fires: Prometheus sends it within some minutes. Milliseconds. */
const SETTLED = 300_000;

const Status = z.object({ uptime: z.iso.datetime({ offset: true }) });

/** What fires. `whole`: nothing else does; false where Alertmanager started a moment ago, or part of it cannot be read. */
export interface ActiveAlerts {
  readonly alerts: readonly Alert[];
  readonly whole: boolean;
}

/**
 * Every alert that fires now and is neither silenced nor inhibited, by `GET /api/v2/alerts`. Throws an Error that names
 * no address and no credential where they cannot be read whole: then nothing may be taken to have ended.
 */
export async function readActiveAlerts(from: ReadBack): Promise<ActiveAlerts> {
  const now = from.now();
  const status = await answerOf(from, "/api/v2/status").catch(() => undefined);
  const payload = await answerOf(from, "/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false");
  if (!Array.isArray(payload)) throw new Error("Alertmanager answered in another shape");
  const { alerts, problems } = readAlerts(payload, from.now());
  if (problems.length > 0 && alerts.length === 0 && payload.length > 0)
    throw new Error("Alertmanager answered in another shape");
  const { data } = Status.safeParse(status);
  const isSettled = data !== undefined && now - Date.parse(data.uptime) >= SETTLED;
  return { alerts, whole: isSettled && problems.length === 0 };
}

async function answerOf({ url, bearer, deadlineMs }: ReadBack, path: string): Promise<unknown> {
  const response = await fetch(`${withoutTrailing(url, "/")}${path}`, {
    headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
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
    throw new Error("Alertmanager's answer is no JSON");
  }
}
