import { type Alert, SENDERS, type Sender } from "../domain/alert.ts";

const NOTE = /<!-- raos:senders ([a-z]{1,20}(?:,[a-z]{1,20}){0,5}) -->/;

/**
 * Who reported an incident, as an HTML comment for the body of its pull request or issue: only they can say that it is over.
 * Empty for Alertmanager alone, which is what a body without it means.
 */
export function sendersNote(alerts: readonly Alert[]): string {
  const senders = SENDERS.filter((sender) => alerts.some((alert) => alert.sender === sender));
  return senders.every((sender) => sender === "alertmanager") ? "" : `<!-- raos:senders ${senders.join(",")} -->`;
}

/** Who reported the incident that a pull request or an issue is about, read from its body, which is outside text. */
export function sendersIn(body: string): readonly Sender[] {
  const named = (NOTE.exec(body)?.[1] ?? "alertmanager").split(",");
  return SENDERS.filter((sender) => named.includes(sender));
}
