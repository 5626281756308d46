import type { AgentChange, Verdict } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import { at } from "../domain/json.ts";
import { code, counted, prose, some } from "./markdown.ts";
import { stateOf, type ToldChanges } from "./rows.ts";

/** What changes and why, in a sentence or two. */
export function leadOf(changes: ToldChanges, verdict: Verdict): string {
  return `${refusedOf(verdict)}${sentenceOf(changes)}${tenantObjects(changes)}`;
}

/** What comes before all else where guardrails refuse. */
export function refusedOf(verdict: Verdict): string {
  return verdict.kind === "deny" ? "**Guardrails refuse this change.**\n\n" : "";
}

function sentenceOf(changes: ToldChanges): string {
  const { cause } = changes;
  switch (cause.kind) {
    case "drift":
      return cause.scope.kind === "agent" ? ofAgent(changes, cause.scope.agent) : ofTenant(changes, cause.scope.tenant);
    case "alert":
      return `An alert about ${code(cause.agent)} in ${prose(cause.environment, 63)} asks for this, by the remedy ${code(cause.remedy)}.${reasons(changes)}`;
    case "tune":
      return `What ${code(cause.agent)} asks for does not fit what it uses.${reasons(changes)}`;
    case "request":
      return `Asked for in request ${code(cause.id)}.${reasons(changes)}`;
    case "regression":
      return `Since pull request ${cause.pull} was merged things are worse than before; this takes it back.${reasons(changes)}`;
    default:
      return cause satisfies never;
  }
}

function ofAgent(changes: ToldChanges, agent: AgentKey): string {
  const state = changes.states.get(agent) ?? "same";
  const spec = code(`agents/${agent}.yaml`);
  switch (state) {
    case "new":
      return `A new agent, from ${spec}: ${description(changes.changes)}`;
    case "removed":
      return caution(
        `${spec} is gone: **${prose(agent, 128)} is taken down**, and everything generated for it is deleted.`,
      );
    case "changed":
      return `${leaving(changes)}Brings ${code(agent)} in line with ${spec} and what it builds on.${permissions(changes)}`;
    case "same":
      return `The values of ${code(agent)} stay as they are; how it is released changes.`;
    default:
      return state satisfies never;
  }
}

function ofTenant(changes: ToldChanges, tenant: string): string {
  const states = [...changes.states];
  const named = (list: readonly AgentKey[]) =>
    some(
      list.map((agent) => code(agent, 120)),
      20,
    );
  const gone = states.filter(([, state]) => state === "removed").map(([agent]) => agent);
  const fresh = states.filter(([, state]) => state === "new").map(([agent]) => agent);
  const stay = states.length - gone.length - fresh.length;
  const loud = gone.length === 0 ? "" : `${caution(`**Takes down** ${named(gone)}.`)}\n\n`;
  const news = fresh.length === 0 ? "" : `New: ${named(fresh)}. `;
  const rest =
    stay === 0
      ? ""
      : `Brings ${counted(stay, "agent")} of ${code(tenant)} in line with what they share: the tenant, a template, the chart or \`raos.yaml\`.`;
  const own =
    states.length === 0
      ? `Brings the objects of the tenant ${code(tenant)} in line with ${code(`tenants/${tenant}.yaml`)}.`
      : "";
  return `${loud}${leaving(changes)}${news}${rest}${own}${permissions(changes)}`;
}

/** An agent that stays but leaves an environment. */
function leaving(changes: ToldChanges): string {
  const gone = changes.changes.filter(
    (change) => stateOf(change) === "removed" && changes.states.get(change.agent) === "changed",
  );
  if (gone.length === 0) return "";
  const places = [...Map.groupBy(gone, (change) => change.agent)].map(([agent, list]) => {
    const environments = list.map((change) => prose(change.environment, 63));
    return `${code(agent, 120)} from ${some(environments, 5)}`;
  });
  return `${caution(`**Takes down** ${some(places, 10)}.`)}\n\n`;
}

function permissions(changes: ToldChanges): string {
  const count = changes.rows.filter((row) => row.widens).length;
  return count === 0 ? "" : ` ⚠️ It widens ${counted(count, "permission")}.`;
}

/** A tenant's own objects ride with its first agent. */
function tenantObjects(changes: ToldChanges): string {
  const files = changes.files.filter((file) => /^deploy\/[^/]+\/[^/]+\/[^/]+$/.test(file.path));
  const [first] = files;
  if (first === undefined || changes.agents.length === 0) return "";
  const verb = files.every((file) => file.before === undefined)
    ? "brings"
    : files.every((file) => file.text === undefined)
      ? "removes"
      : "changes";
  return ` It also ${verb} the objects of the tenant itself: its namespace and what holds there.`;
}

function caution(text: string): string {
  return `> [!CAUTION]\n> ${text}`;
}

function description(changes: readonly AgentChange[]): string {
  const text = changes.map((change) => at(change.spec, "description")).find((each) => typeof each === "string");
  return typeof text === "string" ? `${prose(text, 300).replace(/\.$/, "")}.` : "it does not say what it does.";
}

/** Why each edit is made, as a list. */
export function reasons(changes: ToldChanges): string {
  const all = [...new Set(changes.edits.map((edit) => edit.why).filter((why) => why.trim() !== ""))];
  if (all.length === 0) return "";
  const shown = all.slice(0, 5).map((why) => `- ${prose(why, 400)}`);
  return `\n\n${[...shown, ...(all.length > 5 ? [`- …and ${all.length - 5} more`] : [])].join("\n")}`;
}
