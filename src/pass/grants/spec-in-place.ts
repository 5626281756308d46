import { AgentSpec } from "../../domain/agent/agent.ts";
import type { AgentChange } from "../../domain/change-set.ts";
import { type Needs, needsOf } from "../../domain/grant/needs.ts";
import { RequestingValues } from "../../domain/grant/requesting.ts";
import { at, isMapping } from "../../domain/values/json.ts";
import type { SpecInPlace } from "./asked-agent.ts";

/**
 * The specs of an agent's planned changes; undefined where one cannot be read. `before`: what its spec said before the change, by
 * environment; undefined: there was none.
 */
export function specsOfChanges(
  changes: readonly AgentChange[],
  before: Readonly<Record<string, Needs>> | undefined,
): readonly SpecInPlace[] | undefined {
  const places: SpecInPlace[] = [];
  for (const change of changes) {
    const spec = AgentSpec.safeParse(change.spec).data;
    if (spec === undefined) return undefined;
    const { environment } = change;
    places.push({
      environment,
      spec,
      labels: labelsOf(change.after),
      before: lastNeeds(change, needsOf(spec), before?.[environment]?.dollars),
    });
  }
  return places;
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
    const [was, is] = [deployed[name], planned[name]];
    const grows = was === undefined || is === undefined || is > was;
    return grows ? was : needs[name];
  };
  return { cpu: known("cpu"), memory: known("memory"), dollars };
}

/** The labels that values have: those of the file, and of the spec. */
function labelsOf(values: AgentChange["after"]): Readonly<Record<string, string>> {
  const labels = at(values, "labels");
  return Object.fromEntries(
    Object.entries(isMapping(labels) ? labels : {}).map(([key, value]) => [key, String(value)]),
  );
}
