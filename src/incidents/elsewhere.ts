import type { Agent } from "../domain/fleet.ts";
import type { Elsewhere } from "../remedy/bound.ts";
import { decides, landing } from "../spec/landing.ts";
import { stepsOf } from "../spec/pointer.ts";

/**
 * The agent in its other environments, and which edits of its spec in effect in this one change them as well: those that
 * land in what all environments share, where the other one's overlay does not decide the value.
 */
export function elsewhereOf(agent: Agent, environment: string): readonly Elsewhere[] {
  return [...agent.environments.values()]
    .filter((other) => other.environment !== environment)
    .map(({ environment: name, spec }) => ({
      spec: JSON.parse(JSON.stringify(spec)),
      changes: (at) => {
        const path = stepsOf(at).slice(1);
        const lands = stepsOf(landing(agent, environment, at).at);
        return lands[1] !== "environments" && !decides(agent.overlays.get(name), path);
      },
    }));
}
