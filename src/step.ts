import type { Cause, ChangeSet, Decision, Proposal, StandingPull, Verdict } from "./domain/change.ts";
import type { AgentKey } from "./domain/fleet.ts";
import type { Base } from "./forge/forge.ts";
import type { LoadedPolicies } from "./load-policies.ts";
import type { Survey } from "./survey/survey.ts";
import type { View } from "./survey/view.ts";
import type { World } from "./world.ts";

/** One cause, what should be done about it, and all that led there. */
export interface Step {
  readonly cause: Cause;
  readonly agents: readonly AgentKey[];
  readonly changes: ChangeSet | undefined;
  readonly verdict: Verdict | undefined;
  readonly proposal: Proposal | undefined;
  readonly decision: Decision;
}

/** What one pass knows from the start: the commit, the survey of it, the policies, and what is open. */
export interface Setting {
  readonly world: World;
  readonly view: View;
  readonly base: Base;
  readonly seen: Survey;
  readonly policies: LoadedPolicies;
  readonly open: { readonly pulls: readonly StandingPull[]; readonly complete: boolean };
}
