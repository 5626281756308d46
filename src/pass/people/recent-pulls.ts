import type { PullRequest } from "../../domain/pull-request.ts";
import { ForgeError } from "../../forge/forge.ts";
import type { ForgeState, Pass } from "../pass.ts";

/** What was read in a pass, by the state of its forge. */
const READ = new WeakMap<ForgeState, Promise<readonly PullRequest[] | undefined>>();

/** Milliseconds: a week, as `ForgeState.recent`. */
const WEEK = 7 * 86_400_000;

/** The pull requests of the last week, read at most once in a pass; undefined where the forge refuses, or there are too many. */
export function readRecentPulls(pass: Pass): Promise<readonly PullRequest[] | undefined> {
  const known = READ.get(pass.forge) ?? readNow(pass);
  READ.set(pass.forge, known);
  return known;
}

async function readNow({ forge, world, reported }: Pass): Promise<readonly PullRequest[] | undefined> {
  if (reported.alerts.length > 0 || reported.whole !== false) return forge.recent;
  try {
    return await world.forge.recentPulls(world.now() - WEEK);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    world.log.warn({ code: error.code, error: error.message }, "merged pull requests cannot be read");
    return undefined;
  }
}
