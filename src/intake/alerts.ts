import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Alert } from "../domain/alert.ts";
import { readAlerts } from "../domain/alert-payload.ts";
import type { Instant } from "../domain/scalars.ts";
import { readBody } from "./body.ts";

export const ALERTS_PATH = "/api/alerts";
/** Most bytes of a payload: Alertmanager's with thousands of alerts stay well below. */
const LARGEST = 10 * 1024 * 1024;

export interface AlertIntake {
  /** What the sender has to show: `Authorization: Bearer <token>`. Must not be empty. */
  readonly token: string;
  readonly now: () => Instant;
  /** Puts alerts where a pass finds them, and rings. `truncated`: so many were left out and have to be read back. */
  put(alerts: readonly Alert[], truncated: number): "taken" | "full";
}

/** How a delivery is answered. */
export interface AlertReply {
  readonly status: 200 | 400 | 401 | 413 | 503;
  readonly text: string;
  readonly result: "taken" | "unreadable" | "unauthorized" | "too-large" | "no-room";
}

/**
 * Takes a delivery of Alertmanager or Grafana. The answer 200 comes after its alerts are on the board and the bell was rung;
 * Alertmanager sends again what is answered 5xx.
 */
export async function takeAlerts(request: IncomingMessage, intake: AlertIntake): Promise<AlertReply> {
  if (!isAuthorized(request.headers.authorization, intake.token))
    return {
      status: 401,
      text: "send Authorization: Bearer with the token RAOS was started with\n",
      result: "unauthorized",
    };
  const body = await readBody(request, LARGEST);
  if (body.kind === "too-large") return { status: 413, text: "payload too large\n", result: "too-large" };
  if (body.kind === "broken") return { status: 400, text: "the body ended early\n", result: "unreadable" };
  const payload = parsed(body.text);
  if (payload === undefined) return { status: 400, text: "the body is no JSON\n", result: "unreadable" };
  const { alerts, truncated, problems } = readAlerts(payload, intake.now());
  if (alerts.length === 0 && problems.length > 0)
    return { status: 400, text: `${problems.slice(0, 3).join("\n")}\n`, result: "unreadable" };
  if (intake.put(alerts, truncated) === "full")
    return { status: 503, text: "no room for more alerts; send them again\n", result: "no-room" };
  return { status: 200, text: `${alerts.length} taken\n`, result: "taken" };
}

/** Compared by hash and in constant time: neither the length nor the start of the token can be found out. */
function isAuthorized(header: string | undefined, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(header ?? "")?.[1] ?? "";
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(token)) && token !== "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
