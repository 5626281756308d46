import type { Config } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { emptyForge } from "../../forge/empty.ts";
import { createBudget } from "../../pass/budget.ts";
import type { Pass } from "../../pass/pass.ts";
import { readPolicies } from "../../pass/read-commit.ts";
import { NO_ALERTS } from "../../pass/reported-alerts.ts";
import type { Step } from "../../pass/step.ts";
import type { Forecast } from "../../pr/onboarding/onboarding-body.ts";
import { groupProblems } from "../../spec/problems/group-problems.ts";
import { SurveyStore } from "../../survey/memo/store.ts";
import { overlayView } from "../../survey/source/overlay-view.ts";
import { createSurveyMemory, survey } from "../../survey/survey.ts";
import { driftUnits } from "../drift/drift-units.ts";
import { planDrift } from "../drift/plan-drift.ts";

/** Pull requests whose titles are written. */
const MOST = 50;

export interface Forecasts {
  readonly forecasts: readonly Forecast[];
  readonly more: number;
  readonly problems: readonly Problem[];
}

/**
 * The pull requests that a pass would open with these files in the repository, planned as a pass plans them, over a commit that
 * only exists here. Writes nothing. Throws GitError.
 */
export async function forecast(pass: Pass, files: ReadonlyMap<Path, Uint8Array>, config: Config): Promise<Forecasts> {
  const store = new SurveyStore(":memory:");
  try {
    const commit = overlayView(pass.commit, files);
    const memory = createSurveyMemory();
    const found = await survey(commit.source, store, memory);
    if ("kind" in found) return { forecasts: [], more: 0, problems: groupProblems(found.problems) };
    const policies = await readPolicies(pass.world, commit);
    const later: Pass = {
      world: { ...pass.world, store, memory, forge: emptyForge(commit.sha) },
      base: pass.base,
      ...{ commit, survey: found, policies, reported: NO_ALERTS },
      forge: {
        ...{ open: new Map(), duplicates: [], complete: true, account: undefined, recent: [] },
        issues: { issues: [], complete: true },
      },
      budget: createBudget(config, { open: 0, openedLastHour: 0 }, true),
      wished: [],
      isConfigured: true,
      isDryRun: true,
      isUnlimited: true,
      isPreview: true,
    };
    const problems = [...found.problems.flatMap((one) => one.problems), ...policies.problems];
    return { ...(await forecastsOf(later)), problems: groupProblems(problems) };
  } finally {
    store.close();
  }
}

async function forecastsOf(pass: Pass): Promise<Omit<Forecasts, "problems">> {
  const forecasts: Forecast[] = [];
  for await (const step of planDrift(pass)) {
    const one = forecastOf(step);
    if (one !== undefined) forecasts.push(one);
    if (forecasts.length >= MOST) break;
  }
  const more = forecasts.length < MOST ? 0 : Math.max(0, (await driftUnits(pass)).length - MOST);
  return { forecasts, more };
}

function forecastOf({ agents, proposal, verdict }: Step): Forecast | undefined {
  if (verdict?.kind === "deny") {
    const [first] = verdict.violations;
    return first === undefined
      ? undefined
      : { kind: "denied", subject: agents[0] ?? "*", message: `${first.guardrail}: ${first.message}` };
  }
  if (proposal === undefined) return undefined;
  return { kind: "opens", title: proposal.title, isReviewed: verdict?.kind === "review" };
}
