import type { Agent } from "../../domain/fleet.ts";
import { pointerSteps } from "../../domain/values/json-pointer.ts";
import { isSetByOverlay, placeOfEdit } from "../../spec/edit/place-of-edit.ts";
import type { OtherEnvironment } from "./bound-edits.ts";

/**
 * The agent in its other environments. An edit for this environment changes another one, too, where it is written into the part
 * of the spec that all environments share, and the other environment's overlay does not set the value.
 */
export function otherEnvironmentsOf(agent: Agent, environment: string): readonly OtherEnvironment[] {
  return [...agent.environments.values()]
    .filter((other) => other.environment !== environment)
    .map(({ environment: name, spec }) => ({
      spec: JSON.parse(JSON.stringify(spec)),
      isChangedBy: (at) => {
        const path = pointerSteps(at).slice(1);
        const lands = pointerSteps(placeOfEdit(agent, environment, at).at);
        return lands[1] !== "environments" && !isSetByOverlay(agent, name, path);
      },
    }));
}
