import { tenantOf } from "../../domain/agent-key.ts";
import { branchFor } from "../../domain/branch-name.ts";
import { parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import type { AgentKey, Lookup } from "../../domain/fleet.ts";
import type { Tenant } from "../../domain/kinds/kinds.ts";
import { code, counted, prose, some } from "../markdown.ts";
import { type DescribedChanges, stateOf } from "../table/rows.ts";
import type { ChangeNotes, HandEdit, Rename } from "./change-notes.ts";
import { type CopyChange, copyChangesOf, waitingForCopy } from "./chart-copies.ts";
import { chartSwitches, deliverySwitches, removedTenants } from "./file-facts.ts";

/** What the cautions are worked out from, beside the change itself. */
export interface CautionContext {
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** Who calls an agent. */
  readonly callers?: Lookup<readonly AgentKey[]>;
  /** Some agents of a tenant. */
  readonly someAgentsOf?: (tenant: string) => readonly AgentKey[];
  readonly notes?: ChangeNotes | undefined;
}

/** What merging the change breaks, ends or takes back beyond what its files show: one box each; empty where there is nothing. */
export function cautionsOf(changes: DescribedChanges, context: CautionContext): string {
  const boxes = [
    ...removedTenants(changes, context.tenants).map(({ tenant, environments }) =>
      box("CAUTION", tenantText(tenant, environments, changes)),
    ),
    ...calledAgents(changes, context).map((text) => box("CAUTION", text)),
    ...deliverySwitches(changes).map(({ to, agents }) => box("CAUTION", deliveryText(to, agents))),
    ...chartSwitches(changes).map((tenant) => box("IMPORTANT", chartText(tenant, "", changes, context))),
    ...copyChangesOf(changes.files).flatMap((copy) => copyBox(copy, changes, context)),
    ...waitingBox(waitingForCopy(changes)),
    ...(context.notes?.renames ?? []).flatMap((rename) => renameBox(rename, changes)),
    ...handEditBoxes(context.notes?.handEdits ?? []),
  ];
  return boxes.slice(0, MOST).join("\n\n");
}

/** Most boxes: more than a handful is read by nobody. */
const MOST = 8;

function box(kind: "CAUTION" | "IMPORTANT" | "WARNING", text: string): string {
  return `> [!${kind}]\n> ${text}`;
}

function names(agents: readonly AgentKey[], most = 10): string {
  return some(
    agents.map((agent) => code(agent, 120)),
    most,
  );
}

function tenantText(tenant: string, environments: readonly string[], changes: DescribedChanges): string {
  const gone = [...changes.states].filter(([, state]) => state === "removed").map(([agent]) => agent);
  const where = some(
    environments.map((name) => prose(name, 63)),
    5,
  );
  const agents = gone.length === 0 ? "It has no agents there." : `Its agents go with it: ${names(gone)}.`;
  return `**The tenant ${code(tenant, 63)} is removed** from ${where}: its quota, its limits, its rights and its network policies. ${agents} The namespace itself, with its Secrets and volumes, stays until somebody deletes it.`;
}

/** A sentence for each removed agent that others still call. */
function calledAgents(changes: DescribedChanges, { callers }: CautionContext): readonly string[] {
  const gone = Map.groupBy(
    changes.changes.filter((change) => stateOf(change) === "removed"),
    ({ agent }) => agent,
  );
  return [...gone].flatMap(([agent, list]): readonly string[] => {
    const left = (callers?.get(agent) ?? []).filter((caller) => changes.states.get(caller) !== "removed");
    if (left.length === 0) return [];
    const places = changes.states.get(agent) === "removed" ? "" : ` from ${placesOf(list)}`;
    return [
      `**${code(agent, 120)} is still called** by ${names(left, 10)}: their calls fail once it is removed${places}. Take it out of their \`tools\` first.`,
    ];
  });
}

function placesOf(list: readonly { readonly environment: string }[]): string {
  return some(
    list.map(({ environment }) => prose(environment, 63)),
    5,
  );
}

function deliveryText(to: "flux" | "argocd", agents: readonly AgentKey[]): string {
  const [old, fresh] = to === "argocd" ? ["Flux", "Argo CD"] : ["Argo CD", "Flux"];
  return `**${counted(agents.length, "agent")} will be delivered by ${fresh} instead of ${old}**: ${names(agents)}. ${old} removes what it deployed, and ${fresh} deploys it again: expect an interruption. ${fresh} has to run in each cluster, and has to be pointed at ${code("clusters/")}, before you merge.`;
}

function chartText(
  tenant: string,
  where: string,
  { states }: DescribedChanges,
  { someAgentsOf }: CautionContext,
): string {
  const agents = someAgentsOf?.(tenant) ?? [...states.keys()];
  const whom = agents.length === 0 ? "every agent of the tenant" : names(agents);
  return `**The chart changes with which every agent of ${code(tenant, 63)} is deployed${where}.** Merging it upgrades all of them at once: ${whom}.`;
}

/** What a change of a tenant's copy of the chart means; nothing for a tenant that is new, or that goes. */
function copyBox(copy: CopyChange, changes: DescribedChanges, context: CautionContext): readonly string[] {
  const where = ` in ${placesOf(copy.environments.map((environment) => ({ environment })))}`;
  switch (copy.kind) {
    case "changed":
      return [
        box("IMPORTANT", `${chartText(copy.tenant, where, changes, context)} It differs in ${filesText(copy.files)}.`),
      ];
    case "new": {
      const states = [...changes.states.values()];
      const isNewTenant = states.length > 0 && states.every((state) => state === "new");
      const text = `**From now on ${code(copy.tenant, 63)} has a copy of the chart of its own**${where}, and a change of the chart reaches its agents only by a pull request. Merging this one deploys the chart as it is in this repository now: where it was changed without a new version, Flux deploys that change only with this.`;
      return isNewTenant ? [] : [box("IMPORTANT", text)];
    }
    case "removed":
      return [];
    default:
      return copy.kind satisfies never;
  }
}

function waitingBox(agents: readonly AgentKey[]): readonly string[] {
  const [first] = agents;
  if (first === undefined) return [];
  const branch = branchFor({ kind: "drift", scope: { kind: "tenant", tenant: tenantOf(first) } });
  const text = `**Merge the pull request from ${code(branch)} first**: it adds the tenant's copy of the chart, from which ${names(agents)} will be deployed. Until it is merged, ${agents.length === 1 ? "it runs" : "they run"} on as before.`;
  return [box("WARNING", text)];
}

function filesText(files: CopyChange["files"]): string {
  const words = { new: " (new)", changed: "", removed: " (deleted)" } as const;
  return some(
    files
      .filter(({ path }) => path !== "Chart.yaml" || files.length === 1)
      .map(({ path, how }) => `${code(path, 120)}${words[how]}`),
    12,
  );
}

function renameBox(rename: Rename, { states }: DescribedChanges): readonly string[] {
  const { from, to, hasVolume, hasState } = rename;
  const [hasOld, hasNew] = [states.has(from), states.has(to)];
  if (!hasOld && !hasNew) return [];
  const other = hasOld ? to : from;
  const place = `the pull request from the branch ${code(branchFor({ kind: "drift", scope: { kind: "agent", agent: other } }))}`;
  const half =
    hasOld && hasNew
      ? "Both halves are in this pull request."
      : `The other half is ${place}: merge both, or neither; the new agent first.`;
  const left = [
    ...(hasVolume
      ? [`the volume of its StatefulSet stays with the old name, and ${code(to, 120)} starts with an empty one`]
      : []),
    ...(hasState ? ["what it has in its Dapr state store is kept under the old name"] : []),
  ];
  const data =
    left.length === 0
      ? ""
      : ` **Its data does not move along**: ${left.join("; ")}. Copy what is needed before the old agent is removed.`;
  return [
    box(
      "WARNING",
      `**This looks like a rename**: ${code(from, 120)} was removed, and ${code(to, 120)} has the same content. For Kubernetes they are two agents. ${half}${data}`,
    ),
  ];
}

function handEditBoxes(edits: readonly HandEdit[]): readonly string[] {
  if (edits.length === 0) return [];
  const lines = edits.slice(0, 5).map(({ path, sha, author, at }) => {
    const day = new Date(at).toISOString().slice(0, 10);
    return `> - ${code(path, 200)}: by ${prose(author, 80)}, ${code(sha.slice(0, 12))}, ${day}`;
  });
  const more = edits.length > 5 ? [`> - …and ${counted(edits.length - 5, "more file")}`] : [];
  const instead = `Files below \`deploy/\` are generated. To keep the change, ${insteadOf(edits[0]?.path ?? "")}`;
  return [
    [
      box("WARNING", "**It takes back changes that were made by hand:**"),
      ">",
      ...lines,
      ...more,
      ">",
      `> ${instead}`,
    ].join("\n"),
  ];
}

/** Where a person writes what they wrote into a generated file. */
function insteadOf(path: string): string {
  const place = parseDeployPath(path);
  if (place?.kind !== "agent")
    return "make it in the chart's own folder, which `spec.chart.path` in `raos.yaml` names.";
  const environment = prose(place.environment, 63);
  return `write it into ${code(`agents/${place.agent}.yaml`, 200)}; for ${environment} alone, below \`spec.environments.${environment}\` there.`;
}
