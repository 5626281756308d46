import { type Alert, SENDERS, type Sender } from "../domain/alert/alert.ts";

const NOTE = /<!-- raos:senders ([a-z]{1,20}(?:,[a-z]{1,20}){0,5}) -->/;

/**
 * Who reported an incident, as an HTML comment for the body of its pull request or issue: only they can report its end.
 * Empty for Alertmanager alone: a body without the comment means that.
 */
export function sendersNote(alerts: readonly Alert[]): string {
  const senders = SENDERS.filter((sender) => alerts.some((alert) => alert.sender === sender));
  return senders.every((sender) => sender === "alertmanager") ? "" : `<!-- raos:senders ${senders.join(",")} -->`;
}

/** Who reported the incident of a pull request or an issue, read from its body, which is untrusted. */
export function sendersIn(body: string): readonly Sender[] {
  const named = (NOTE.exec(body)?.[1] ?? "alertmanager").split(",");
  return SENDERS.filter((sender) => named.includes(sender));
}
