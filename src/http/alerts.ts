import type { IncomingMessage } from "node:http";
import type { AlertReading } from "../domain/alert/alert-payload.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { hasBearer } from "./bearer.ts";
import { type Body, readBody } from "./body.ts";
import type { BodyBudget } from "./body-budget.ts";
import { readPayload } from "./read-payload.ts";

export const ALERTS_PATH = "/api/alerts";
/** Most bytes of a payload; one of Alertmanager with thousands of alerts is much smaller. */
const LARGEST = 10 * 1024 * 1024;

export interface AlertReceiver {
  /** The token that senders need: `Authorization: Bearer <token>`. Must not be empty. */
  readonly token: string;
  readonly now: () => Instant;
  /**
   * Stores alerts for the next pass and starts one. "taken": they are on disk; "full": there is no room; "unsaved": they could
   * not be written.
   */
  put(reading: AlertReading): Promise<"taken" | "full" | "unsaved">;
}

/** How a delivery is answered. */
export interface AlertReply {
  readonly status: 200 | 400 | 401 | 408 | 413 | 503;
  readonly text: string;
  readonly result: "taken" | "unreadable" | "unauthorized" | "too-large" | "slow" | "no-room" | "unsaved";
}

/**
 * Takes a delivery of Alertmanager or Grafana. It answers 200 after the alerts are on disk and a pass is queued; after a 5xx
 * both send again. A request without the token is refused before its body is read.
 */
export async function receiveAlerts(
  request: IncomingMessage,
  intake: AlertReceiver,
  budget: BodyBudget,
): Promise<AlertReply> {
  if (!hasBearer(request.headers.authorization, intake.token))
    return {
      status: 401,
      text: "send Authorization: Bearer with the token RAOS was started with\n",
      result: "unauthorized",
    };
  const body = await readBody(request, { limit: LARGEST, budget });
  if (body.kind !== "body") return UNREAD[body.kind];
  try {
    return await storeAlerts(body.bytes, intake);
  } finally {
    body.release();
  }
}

const UNREAD: Readonly<Record<Exclude<Body["kind"], "body">, AlertReply>> = {
  "too-large": { status: 413, text: "payload too large\n", result: "too-large" },
  broken: { status: 400, text: "the body ended early\n", result: "unreadable" },
  slow: { status: 408, text: "the body came too slowly\n", result: "slow" },
  "no-room": { status: 503, text: "too much at once; send it again\n", result: "no-room" },
};

async function storeAlerts(bytes: Uint8Array, intake: AlertReceiver): Promise<AlertReply> {
  const reading = await readPayload(bytes, intake.now());
  if (reading === undefined) return { status: 400, text: "the body is not JSON\n", result: "unreadable" };
  const { alerts, problems } = reading;
  if (alerts.length === 0 && problems.length > 0)
    return { status: 400, text: `${problems.slice(0, 3).join("\n")}\n`, result: "unreadable" };
  const put = await intake.put(reading);
  switch (put) {
    case "taken":
      return { status: 200, text: `${alerts.length} taken\n`, result: "taken" };
    case "full":
      return { status: 503, text: "no room for more alerts; send them again\n", result: "no-room" };
    case "unsaved":
      return { status: 503, text: "the alerts cannot be written to disk; send them again\n", result: "unsaved" };
    default:
      return put satisfies never;
  }
}
