import { isRevert, revertedRemedy } from "../../domain/alert/revert.ts";
import type { Cause, WaveName } from "../../domain/cause.ts";
import type { AgentChange } from "../../domain/change-set.ts";
import { parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { at } from "../../domain/values/json.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { copyChangesOf, isChartAlone } from "../caution/chart-copies.ts";
import { code, counted, prose, some } from "../markdown.ts";
import { type DescribedChanges, stateOf } from "../table/rows.ts";

/** What changes and why, in a sentence or two. */
export function summaryOf(changes: DescribedChanges, verdict: Verdict): string {
  return `${refusalOf(verdict)}${sentenceOf(changes)}${tenantObjects(changes)}`;
}

/** The first sentence where guardrails deny the change; else empty. */
export function refusalOf(verdict: Verdict): string {
  return verdict.kind === "deny" ? "**Guardrails refuse this change.**\n\n" : "";
}

type CauseOf<K extends Cause["kind"]> = Extract<Cause, { readonly kind: K }>;

/** What each kind of cause says to the reviewer. */
const SENTENCES: { readonly [K in Cause["kind"]]: (cause: CauseOf<K>, changes: DescribedChanges) => string } = {
  drift: ({ scope }, changes) => {
    const what = scope.kind === "agent" ? agentSentence(changes, scope.agent) : tenantSentence(changes, scope.tenant);
    return scope.wave === undefined ? what : `${promotionSentence(scope.wave)} ${what}`;
  },
  alert: (cause, changes) => `${alertSentence(cause)}${reasonsOf(changes)}`,
  tune: ({ agent, environment, remedy }, changes) =>
    `The remedy ${code(remedy)} improves ${code(agent)} in ${prose(environment, 63)}.${reasonsOf(changes)}`,
  request: ({ id }, changes) => `${requestedSentence(changes)} Request ${code(id)}.${reasonsOf(changes)}`,
  upgrade: ({ agent }, changes) => `A newer image of ${code(agent)} is in its registry.${reasonsOf(changes)}`,
  regression: ({ pull }, changes) => `${regressionSentence(pull, changes)}${reasonsOf(changes)}`,
  rollout: ({ pull }) => `What became of #${pull}.`,
  onboarding: () => "The first configuration of RAOS in this repository.",
};

function promotionSentence(wave: WaveName): string {
  const environments = wave.split("+").map((name) => code(name, 63));
  return `**A promotion to ${some(environments, 5)}**: the environments before have this change already.`;
}

/** What a request leads to: a new agent, one less, or other values. */
function requestedSentence({ changes, agents, request }: DescribedChanges): string {
  const [agent = ""] = agents;
  switch (request?.wants) {
    case "create":
      return `A new agent, ${code(agent, 128)}: ${description(changes.filter((change) => change.agent === agent))}`;
    case "retire":
      return caution(`**Retires ${prose(agent, 128)}**: its spec and everything generated for it are deleted.\n\n`);
    case "orphans": {
      const gone = changes.length > 0 && changes.every(({ after }) => after === undefined);
      const what = gone
        ? "the agents that it left are deleted with everything generated for them, since its grant says `onDelete: remove`"
        : "the agents that it left are handed over to the owner in their annotation `raos.dev/owner`";
      return caution(`**${prose(request.agent, 128)} is gone**: ${what}.\n\n`);
    }
    default:
      return `Changes ${code(agent, 128)} as it was asked for.`;
  }
}

/** A person asked for it, or RAOS found out. The number is RAOS's own, so that it may be a link. */
function regressionSentence(pull: number, { edits }: DescribedChanges): string {
  return edits.some(({ by }) => by === "person")
    ? `Takes back what #${pull} changed, in the spec and in what is generated from it.`
    : `#${pull} made things worse; this takes back what it changed.`;
}

function alertSentence(cause: CauseOf<"alert">): string {
  const { agent, environment, remedy } = cause;
  const place = `${code(agent)} in ${prose(environment, 63)}`;
  return isRevert(cause)
    ? `All is well again with ${place}, so what the remedy ${code(revertedRemedy(cause))} changed is set back.`
    : `An alert about ${place} asks for this change; its remedy is ${code(remedy)}.`;
}

function sentenceOf(changes: DescribedChanges): string {
  return sentenceFor(changes.cause.kind, changes.cause, changes);
}

function sentenceFor<K extends Cause["kind"]>(
  kind: K,
  cause: { readonly [P in Cause["kind"]]: CauseOf<P> }[K],
  changes: DescribedChanges,
): string {
  const sentence: (typeof SENTENCES)[K] = SENTENCES[kind];
  return sentence(cause, changes);
}

function agentSentence(changes: DescribedChanges, agent: AgentKey): string {
  const state = changes.states.get(agent) ?? "same";
  const spec = code(`agents/${agent}.yaml`);
  switch (state) {
    case "new":
      return `A new agent, from ${spec}: ${description(changes.changes)}`;
    case "removed":
      return caution(
        `${spec} was deleted: **${prose(agent, 128)} is removed**, and everything generated for it is deleted.`,
      );
    case "changed":
      return `${removalSentence(changes)}Brings ${code(agent)} in line with ${spec} and what it uses: its tenant, its template, its Model, the chart and \`raos.yaml\`.${permissions(changes)}`;
    case "same":
      return `The values of ${code(agent)} do not change; how Flux or Argo CD releases it does.`;
    default:
      return state satisfies never;
  }
}

function tenantSentence(changes: DescribedChanges, tenant: string): string {
  const states = [...changes.states];
  const named = (list: readonly AgentKey[]) =>
    some(
      list.map((agent) => code(agent, 120)),
      20,
    );
  const removed = states.filter(([, state]) => state === "removed").map(([agent]) => agent);
  const fresh = states.filter(([, state]) => state === "new").map(([agent]) => agent);
  const others = states.filter(([, state]) => state !== "removed" && state !== "new").map(([agent]) => agent);
  const kept = others.length;
  const removals = removed.length === 0 ? "" : `${caution(`**Removes** ${named(removed)}.`)}\n\n`;
  const additions = fresh.length === 0 ? "" : `New: ${named(fresh)}. `;
  const rest =
    kept === 0
      ? ""
      : `Brings ${counted(kept, "agent")} of ${code(tenant)} (${named(others)}) in line with what they share: the tenant, a template, a Model, the chart or \`raos.yaml\`.`;
  const own =
    states.length === 0
      ? isChartAlone(changes)
        ? `Brings the chart with which the agents of ${code(tenant)} are deployed in line with the one in this repository.`
        : `Brings the objects of the tenant ${code(tenant)} in line with ${code(`tenants/${tenant}.yaml`)} and ${code("raos.yaml")}.`
      : "";
  return `${removals}${removalSentence(changes)}${additions}${rest}${own}${permissions(changes)}`;
}

/** Names the agents that are removed from an environment but stay in others. */
function removalSentence(changes: DescribedChanges): string {
  const gone = changes.changes.filter(
    (change) => stateOf(change) === "removed" && changes.states.get(change.agent) === "changed",
  );
  if (gone.length === 0) return "";
  const places = [...Map.groupBy(gone, (change) => change.agent)].map(([agent, list]) => {
    const environments = list.map((change) => prose(change.environment, 63));
    return `${code(agent, 120)} from ${some(environments, 5)}`;
  });
  return `${caution(`**Removes** ${some(places, 10)}.`)}\n\n`;
}

function permissions(changes: DescribedChanges): string {
  const count = changes.rows.filter((row) => row.widens).length;
  return count === 0 ? "" : ` ⚠️ It widens ${counted(count, "permission")}.`;
}

/** Says that the pull request also holds the tenant's own objects, as that of its first agent does. */
function tenantObjects(changes: DescribedChanges): string {
  const files = changes.files.filter((file) => parseDeployPath(file.path)?.kind === "tenant");
  const [first] = files;
  if (first === undefined || changes.agents.length === 0) return "";
  const verb = files.every((file) => file.before === undefined)
    ? "adds"
    : files.every((file) => file.text === undefined)
      ? "removes"
      : "changes";
  const held = "its quota, limits and network policies";
  const copy = copyChangesOf(changes.files).some(({ kind }) => kind === "new") ? ", and its copy of the chart" : "";
  return verb === "removes"
    ? ` It also removes the tenant's own objects: ${held}. Its namespace stays, with what else is in it.`
    : ` It also ${verb} the tenant's own objects: its namespace with ${held}${copy}.`;
}

function caution(text: string): string {
  return `> [!CAUTION]\n> ${text}`;
}

function description(changes: readonly AgentChange[]): string {
  const text = changes.map((change) => at(change.spec, "description")).find((each) => typeof each === "string");
  return typeof text === "string" ? `${prose(text, 300).replace(/\.$/, "")}.` : "it has no description.";
}

/** Why each edit is made, as a list. */
export function reasonsOf(changes: DescribedChanges): string {
  const all = [...new Set(changes.edits.map((edit) => edit.why).filter((why) => why.trim() !== ""))];
  if (all.length === 0) return "";
  const shown = all.slice(0, 5).map((why) => `- ${prose(why, 400)}`);
  return `\n\n${[...shown, ...(all.length > 5 ? [`- …and ${all.length - 5} more`] : [])].join("\n")}`;
}
