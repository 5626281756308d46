import type { AgentSpec } from "../../domain/agent/agent.ts";
import { tenantOf } from "../../domain/agent-key.ts";
import type { AgentKey, Fleet } from "../../domain/fleet.ts";
import { createGrantOf } from "../../domain/grant/create-grant.ts";
import type { Lineage } from "../../domain/grant/lineage.ts";
import { type Needs, needsOf } from "../../domain/grant/needs.ts";
import { scopeOf } from "../../domain/grant/scope.ts";
import { labelEntries, programOf } from "../../domain/grant/scope-program.ts";
import { imageReference } from "../../domain/values/image.ts";
import { at } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";
import type { Brought, RequestedAgent } from "../../grants/lineage-view.ts";

/** An agent's spec in one environment, and what it took there before the change; undefined: nothing. */
export interface SpecInPlace {
  readonly environment: string;
  readonly spec: AgentSpec;
  /** Those of its file. */
  readonly labels: Readonly<Record<string, string>>;
  readonly before: Needs | undefined;
}

/** An agent as a change leaves it, in the environments where it is planned. Undefined where it is planned in none. */
export function askedAgent(
  agent: AgentKey,
  lineage: Lineage,
  places: readonly SpecInPlace[],
  { fleet, isNew }: { readonly fleet: Fleet; readonly isNew: boolean },
): RequestedAgent | undefined {
  const [first] = places;
  if (first === undefined) return undefined;
  const { template, supervision } = first.spec;
  const { createAgents, improves = [] } = supervision;
  return {
    ...{ agent, lineage, isNew, improves, template: template?.ref },
    grant: createAgents === undefined || createAgents.max === 0 ? undefined : createGrantOf(createAgents),
    environments: places.map(({ environment, spec, labels, before }) => ({
      ...{ environment, before },
      scope: scopeOf(spec, { tenant: tenantOf(agent), labels }),
      needs: needsOf(spec),
    })),
    brought: broughtBy(template?.ref, fleet),
  };
}

/** What a template brings along; an image with a parameter in it may be any image, and is not among it. */
function broughtBy(template: string | undefined, { templates }: Fleet): Brought {
  const written = template === undefined ? undefined : templates.get(template)?.spec.agent;
  const spec: Json = JSON.parse(JSON.stringify(written ?? {}));
  const image = at(spec, "runtime", "image");
  return {
    images: typeof image !== "string" || image.includes("${") ? [] : [imageReference(image).name],
    program: programOf(spec),
    labels: labelEntries(at(spec, "labels")),
  };
}
