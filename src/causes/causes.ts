import { planAlerts } from "./alert/plan-alerts.ts";
import type { CausePlanner } from "./cause.ts";
import { planDrift } from "./drift/plan-drift.ts";
import { planOnboarding } from "./onboarding/plan-onboarding.ts";
import { planRegressions } from "./regression/plan-regressions.ts";
import { planRequests } from "./request/plan-requests.ts";
import { planRollouts } from "./rollout/plan-rollouts.ts";
import { planTune } from "./tune/plan-tune.ts";
import { planUpgrades } from "./upgrade/plan-upgrades.ts";

/** Every cause, in the order of a pass: what is broken now goes before what is merely out of date. */
export const CAUSES: readonly CausePlanner[] = [
  { kind: "onboarding", plan: planOnboarding },
  { kind: "alert", plan: planAlerts },
  { kind: "regression", plan: (pass) => ({ outcomes: [], steps: planRegressions(pass) }) },
  { kind: "rollout", plan: (pass) => ({ outcomes: [], steps: planRollouts(pass) }) },
  { kind: "request", plan: (pass) => ({ outcomes: [], steps: planRequests(pass) }) },
  { kind: "drift", plan: (pass) => ({ outcomes: [], steps: planDrift(pass) }) },
  { kind: "tune", plan: (pass) => ({ outcomes: [], steps: planTune(pass) }) },
  { kind: "upgrade", plan: (pass) => ({ outcomes: [], steps: planUpgrades(pass) }) },
];
