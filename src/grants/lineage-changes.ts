import { isDeepStrictEqual } from "node:util";
import type { Lineage } from "../domain/grant/lineage.ts";
import { readLineage } from "../domain/grant/read-lineage.ts";
import { at, isMapping } from "../domain/values/json.ts";
import type { Json } from "../domain/values/scalars.ts";

/** The lineage on the pods of generated values; undefined where they have none. */
export function deployedLineage(values: Json | undefined): Lineage | undefined {
  const annotations = at(values, "runtime", "pod", "annotations");
  if (!isMapping(annotations)) return undefined;
  const texts = Object.entries(annotations).flatMap(([key, text]) =>
    typeof text === "string" ? [[key, text] as const] : [],
  );
  const reading = readLineage(Object.fromEntries(texts));
  return reading.kind === "lineage" ? reading.lineage : undefined;
}

/** What a change does to where a deployed agent comes from, for the person who has to agree; undefined: nothing. */
export function lineageChange(before: Lineage | undefined, after: Lineage | undefined): string | undefined {
  if (before === undefined || isDeepStrictEqual(before, after)) return undefined;
  const asker = before.createdBy.agent;
  if (after === undefined)
    return `the annotations that say that ${asker} asked for the agent are gone: no grant bounds it, and it counts in none`;
  if (before.owner === undefined && after.owner !== undefined)
    return `${after.owner} takes the agent over from ${asker}: its grant does not bound it any more`;
  return `the annotations that say who asked for the agent differ from those that it was deployed with (it was ${asker})`;
}
