import type { ServerResponse } from "node:http";
import { reply } from "../../http/reply.ts";

/** Answers JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  reply(response, status, JSON.stringify(value), "application/json");
}
