import { sourcesOf } from "../../domain/kinds/environment-sources.ts";
import type { Pass } from "../pass.ts";

/** Whether anything can be known of what runs in an environment: only then is a merged pull request judged there. */
export function isObserved(pass: Pass, environment: string): boolean {
  return hasPrometheus(pass, environment) || pass.world.hasCluster(pass.survey.fleet.config, environment);
}

/** Whether a Prometheus is configured for an environment. */
export function hasPrometheus({ survey }: Pick<Pass, "survey">, environment: string): boolean {
  return sourcesOf(survey.fleet.config, environment).prometheus !== undefined;
}
