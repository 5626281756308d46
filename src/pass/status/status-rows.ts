import type { Rollout, RolloutPhase } from "../../domain/rollout/rollout.ts";
import type { LastChange } from "../rollouts/last-changes.ts";

/** A line of `raos status --output json`. */
export interface StatusRow extends Partial<LastChange> {
  readonly agent: string;
  readonly environment: string;
  readonly wanted: { readonly digest: string; readonly commit: string };
  readonly running?: { readonly digest: string };
  readonly phase: RolloutPhase;
  readonly reason?: string;
  /** RFC 3339. */
  readonly since?: string;
}

/** The rows of roll-outs, in their order. `lastChange` looks up what is known of the last change; left out: nothing. */
export function statusRows(
  rollouts: readonly Rollout[],
  lastChange: (rollout: Rollout) => LastChange | undefined = () => undefined,
): readonly StatusRow[] {
  return rollouts.map((rollout) => {
    const { agent, environment, wanted, running, phase, reason, since } = rollout;
    return {
      ...{ agent, environment, wanted: { digest: wanted.digest, commit: wanted.commit } },
      ...(running === undefined ? {} : { running: { digest: running.digest } }),
      phase,
      ...(reason === undefined ? {} : { reason }),
      ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
      ...lastChange(rollout),
    };
  });
}
