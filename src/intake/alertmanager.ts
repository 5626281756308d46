import type { Alert } from "../domain/alert.ts";
import { readAlerts } from "../domain/alert-payload.ts";
import type { Instant } from "../domain/scalars.ts";

export interface ReadBack {
  readonly url: string;
  readonly bearer?: string | undefined;
  readonly deadlineMs: number;
  readonly now: () => Instant;
}

/** Most bytes of the answer. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Every alert that fires now and is neither silenced nor inhibited, by `GET /api/v2/alerts`. Throws an Error that names
 * no address and no credential where they cannot be read whole: then nothing may be taken to have ended.
 */
export async function readActiveAlerts({ url, bearer, deadlineMs, now }: ReadBack): Promise<readonly Alert[]> {
  const response = await fetch(
    `${url.replace(/\/+$/, "")}/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false`,
    {
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
      redirect: "error",
      signal: AbortSignal.timeout(deadlineMs),
    },
  ).catch((error: unknown) => {
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
  let payload: unknown;
  try {
    payload = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Error("Alertmanager's answer is no JSON");
  }
  if (!Array.isArray(payload)) throw new Error("Alertmanager answered in another shape");
  const { alerts, problems } = readAlerts(payload, now());
  if (problems.length > 0 && alerts.length === 0 && payload.length > 0)
    throw new Error("Alertmanager answered in another shape");
  return alerts;
}
