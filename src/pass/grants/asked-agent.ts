import { AgentSpec } from "../../domain/agent/agent.ts";
import { tenantOf } from "../../domain/agent-key.ts";
import type { AgentChange } from "../../domain/change-set.ts";
import type { AgentKey, Fleet } from "../../domain/fleet.ts";
import { createGrantOf } from "../../domain/grant/create-grant.ts";
import type { Lineage } from "../../domain/grant/lineage.ts";
import { type Needs, needsOf } from "../../domain/grant/needs.ts";
import { RequestingValues } from "../../domain/grant/requesting.ts";
import { scopeOf } from "../../domain/grant/scope.ts";
import { imageReference } from "../../domain/values/image.ts";
import { at } from "../../domain/values/json.ts";
import type { AskedAgent, AskedEnvironment } from "../../grants/lineage-view.ts";

/** What an agent is compared with. */
export interface AskedAround {
  readonly fleet: Fleet;
  readonly isNew: boolean;
  /** What its spec said before the change, by environment; undefined: there was none. */
  readonly before: Readonly<Record<string, Needs>> | undefined;
}

/** An agent as a change leaves it, in the environments where it is planned. Undefined where a spec cannot be read. */
export function askedAgent(
  agent: AgentKey,
  lineage: Lineage,
  changes: readonly AgentChange[],
  { fleet, isNew, before }: AskedAround,
): AskedAgent | undefined {
  const environments: AskedEnvironment[] = [];
  let first: AgentSpec | undefined;
  for (const change of changes) {
    const spec = AgentSpec.safeParse(change.spec).data;
    if (spec === undefined) return undefined;
    first ??= spec;
    const needs = needsOf(spec);
    const { environment } = change;
    const scope = scopeOf(spec, tenantOf(agent));
    environments.push({ environment, scope, needs, before: lastNeeds(change, needs, before?.[environment]?.dollars) });
  }
  if (first === undefined) return undefined;
  const { template, supervision } = first;
  const { createAgents, improves = [] } = supervision;
  return {
    ...{ agent, lineage, isNew, environments, improves, template: template?.ref },
    grant: createAgents === undefined || createAgents.max === 0 ? undefined : createGrantOf(createAgents),
    templateImages: imagesOf(template?.ref, fleet),
  };
}

/**
 * What it may take without being compared with the budget: all that it takes, where generated values say the same; else what they
 * say. Undefined where nothing is deployed, or cannot be read.
 */
function lastNeeds(change: AgentChange, needs: Needs, dollars: number | undefined): Needs | undefined {
  const [last, next] = [change.before, change.after].map((values) => RequestingValues.safeParse(values).data);
  if (change.before === undefined || last === undefined || next === undefined) return undefined;
  const [deployed, planned] = [needsOf(last), needsOf(next)];
  const known = (name: "cpu" | "memory") => {
    const amounts = [deployed[name], planned[name]];
    const grows = amounts[0] === undefined || amounts[1] === undefined || amounts[1] > amounts[0];
    return grows ? deployed[name] : needs[name];
  };
  return { cpu: known("cpu"), memory: known("memory"), dollars };
}

/** The image that a template brings along; one with a parameter in it may be any image. */
function imagesOf(template: string | undefined, { templates }: Fleet): readonly string[] {
  const written = template === undefined ? undefined : templates.get(template)?.spec.agent;
  const image = imageOf(written);
  return image === undefined || image.includes("${") ? [] : [imageReference(image).name];
}

function imageOf(spec: unknown): string | undefined {
  const image = at(JSON.parse(JSON.stringify(spec ?? null)), "runtime", "image");
  return typeof image === "string" ? image : undefined;
}
