import { isWholeTenant, tenantOf } from "../../domain/agent-key.ts";
import type { IncidentDetails } from "../../domain/alert/incident.ts";
import type { Occasion } from "../../domain/alert/occasion.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { code, counted, prose, some, span } from "../markdown.ts";
import { occasionWords } from "../tune/occasion-words.ts";

/** What happened, in one sentence: which alert fires, or which remedy found something and when, for which agents, and where. */
export function incidentSentence({
  incident,
  agents,
  remedy,
}: Pick<IncidentDetails, "incident" | "agents" | "remedy">): string {
  if (incident.occasion !== undefined) return occasionSentence(incident, incident.occasion, agents, remedy);
  const names = [...new Set(incident.alerts.map((alert) => alert.name))].map((name) => code(name, 80));
  const began = new Date(Math.min(...incident.alerts.map((alert) => alert.startsAt))).toISOString();
  const since = `${began.slice(0, 10)} ${began.slice(11, 16)} UTC`;
  const agentNames = namesOf(agents);
  const remedySentence =
    remedy.description === ""
      ? ""
      : ` The remedy ${code(remedy.name, 80)}: ${prose(remedy.description, 300).replace(/\.$/, "")}.`;
  const firing = incident.alerts.filter((alert) => alert.status === "firing").length;
  const count = firing > names.length ? ` (${firing} alerts)` : "";
  return `${some(names, 3)}${count} fires for ${agentNames} in **${prose(incident.environment, 63)}** since ${since}${summaryOf(incident.alerts)}${remedySentence}`;
}

/** No time in it changes from pass to pass, since the text of an open issue is kept up to date. */
function occasionSentence(
  { environment }: IncidentDetails["incident"],
  occasion: Occasion,
  agents: readonly AgentKey[],
  { name, description }: IncidentDetails["remedy"],
): string {
  const does = description === "" ? "" : `: ${prose(description, 300).replace(/\.$/, "")}`;
  const place = `${namesOf(agents)} in **${prose(environment, 63)}**`;
  switch (occasion.kind) {
    case "schedule":
      return `${occasionWords(occasion)} the remedy ${code(name, 80)} looks at what runs${does}. This is about ${place}.`;
    case "query":
      return `The remedy ${code(name, 80)} watches what runs${does}. ${occasionWords(occasion)} for ${place}.`;
    default:
      return occasion satisfies never;
  }
}

function namesOf(agents: readonly AgentKey[]): string {
  if (agents.length === 1) return agentOrTenant(agents[0] ?? "");
  const names = agents.map((one) => code(one, 130));
  return `${counted(agents.length, "agent")}: ${some(names, 10)}`;
}

function agentOrTenant(key: AgentKey): string {
  return isWholeTenant(key) ? `the tenant ${code(tenantOf(key), 63)}` : code(key, 130);
}

function summaryOf(alerts: IncidentDetails["incident"]["alerts"]): string {
  const summary = alerts
    .map(({ annotations }) => annotations.summary ?? annotations.description ?? annotations.message)
    .find((text) => text);
  return summary === undefined ? "." : `: ${prose(summary, 300).replace(/\.$/, "")}.`;
}

/** A sentence that says how a person can verify whether the change helped. */
export function verifySentence({ verify }: IncidentDetails): string {
  if (verify === undefined) return "";
  const minutes = Math.round(verify.afterSeconds / 60);
  return `**How it is verified**: ${counted(minutes, "minute")} after the roll-out this holds: ${span(verify.promql, 600)}`;
}
