import type { Cause, WaveName } from "../cause.ts";
import type { Config } from "../kinds/kinds.ts";

/** Environments that a change reaches together. */
export interface Wave {
  /** The wave in the names of branches; undefined for the first, whose branches are those of a repository without waves. */
  readonly name: WaveName | undefined;
  readonly environments: readonly string[];
}

/**
 * The waves in their order. Without `promotion` there is one, of every environment. Environments that raos.yaml does not have any
 * more, and that only `deploy/` holds, belong to the first: nothing is verified of what is taken down.
 */
export function wavesOf({ spec }: Config, environments: readonly string[]): readonly Wave[] {
  const waves = spec.promotion?.waves ?? [];
  const promoted = new Set(waves.slice(1).flat());
  const first = environments.filter((environment) => !promoted.has(environment));
  return [
    { name: undefined, environments: first },
    ...waves.slice(1).map((wave) => ({ name: wave.join("+"), environments: wave })),
  ];
}

/**
 * The environments whose generated files the pull request of a cause may hold. A change of specs reaches the later waves by pull
 * requests of their own. What a remedy asks for goes as far as its environment, and what is taken back goes everywhere.
 */
export function environmentsOfCause(cause: Cause, config: Config, environments: readonly string[]): readonly string[] {
  const waves = wavesOf(config, environments);
  const upTo = (index: number) => waves.slice(0, index + 1).flatMap((wave) => wave.environments);
  switch (cause.kind) {
    case "drift":
      return waves.find(({ name }) => name === cause.scope.wave)?.environments ?? [];
    case "alert":
    case "tune":
      return upTo(
        Math.max(
          0,
          waves.findIndex((wave) => wave.environments.includes(cause.environment)),
        ),
      );
    case "request":
    case "upgrade":
      return upTo(0);
    case "regression":
    case "rollout":
    case "onboarding":
      return environments;
    default:
      return cause satisfies never;
  }
}
