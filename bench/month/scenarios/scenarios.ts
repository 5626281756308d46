import type { Scenario } from "../incident.ts";
import { MODELS } from "./model.ts";
import { OUTSIDE } from "./outside.ts";
import { RELEASES } from "./releases.ts";
import { RESOURCES } from "./resources.ts";
import { SCALING } from "./scaling.ts";

/** Everything that happens in a month. */
export const SCENARIOS: readonly Scenario[] = [...RESOURCES, ...SCALING, ...MODELS, ...RELEASES, ...OUTSIDE];
