import type { Issue } from "../domain/alert/incident.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { Box } from "../domain/review/dashboard-box.ts";
import type { Base } from "../forge/forge.ts";
import type { DecisionLimits } from "../pr/decide.ts";
import type { CommitView } from "../survey/source/commit-view.ts";
import type { Survey } from "../survey/survey.ts";
import type { Budget } from "./budget.ts";
import type { LoadedPolicies } from "./load-policies.ts";
import type { ReportedAlerts } from "./reported-alerts.ts";
import type { PlanningWorld } from "./world.ts";

/** What one pass knows when its causes plan their steps: one commit, one read of the forge, the alerts, and its budget. */
export interface Pass {
  /** False where agent specs lie in a repository that has no raos.yaml: then only that one is proposed. */
  readonly isConfigured: boolean;
  readonly world: PlanningWorld;
  readonly base: Base;
  readonly commit: CommitView;
  readonly survey: Survey;
  readonly policies: LoadedPolicies;
  readonly forge: ForgeState;
  readonly reported: ReportedAlerts;
  readonly budget: Budget;
  /** Whether the steps are only planned (`raos plan`, `--dry-run`): then nothing that costs money is started. */
  readonly isDryRun: boolean;
  /** Whether every step is planned, however many there are (`raos plan`): then denials are shown, and no issues planned. */
  readonly isUnlimited: boolean;
  /** Boxes of the dashboard that people ticked who may push. */
  readonly wished: readonly Box[];
  /** Whether its proposals are only shown, in a check: then their texts do not say what to do with the pull request. */
  readonly isPreview: boolean;
}

/** What the forge held when the pass began. */
export interface ForgeState {
  /** The open pull request of each `raos/` branch. */
  readonly open: ReadonlyMap<string, PullRequest>;
  /** The bot's other open pull requests of the same branches. */
  readonly duplicates: readonly PullRequest[];
  /** Whether every open pull request could be read. */
  readonly complete: boolean;
  readonly issues: { readonly issues: readonly Issue[]; readonly complete: boolean };
  /** The login that RAOS acts as; undefined where it was not read. */
  readonly account: string | undefined;
  /** Every pull request of the last week; undefined where that could not be read. */
  readonly recent: readonly PullRequest[] | undefined;
}

/** The limits of a decision at this point of the pass. `complete`: whether everything that it depends on could be read. */
export function limitsOf({ survey, base, budget, world }: Pass, complete: boolean): DecisionLimits {
  return { full: budget.full(), config: survey.fleet.config, base: base.branch, now: world.now(), complete };
}
