import type { PullRequest } from "../../domain/pull-request.ts";
import { onceInAPass } from "../once-in-a-pass.ts";
import { needsHistory } from "../reported-alerts.ts";

/** Milliseconds: a week, as `ForgeState.recent`. */
const WEEK = 7 * 86_400_000;

/** The pull requests of the last week, read at most once in a pass; undefined where the forge refuses, or there are too many. */
export const readRecentPulls = onceInAPass<readonly PullRequest[]>(
  async ({ forge, world, reported }) =>
    needsHistory(reported) ? forge.recent : world.forge.recentPulls(world.now() - WEEK),
  "merged pull requests cannot be read",
);
