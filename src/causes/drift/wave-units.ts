import { branchFor } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { Wave } from "../../domain/deployed/waves.ts";
import type { Unit } from "../../plan/units.ts";

/** A unit in one of the waves that it goes through. */
export interface WaveUnit extends Unit {
  readonly branch: string;
  /** The environments of the waves before this one; none in the first. */
  readonly before: readonly string[];
  /** Its own environments. */
  readonly environments: readonly string[];
}

/** A unit in each wave, in their order. */
export function inWaves(unit: Unit, waves: readonly Wave[]): readonly WaveUnit[] {
  return waves.map(({ name, environments }, index) => {
    const cause = inWave(unit.cause, name);
    const before = waves.slice(0, index).flatMap((wave) => wave.environments);
    return { ...unit, cause, branch: branchFor(cause), before, environments };
  });
}

function inWave(cause: Cause, wave: Wave["name"]): Cause {
  return cause.kind !== "drift" || wave === undefined ? cause : { ...cause, scope: { ...cause.scope, wave } };
}
