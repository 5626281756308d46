import { ForgeError } from "../../forge/forge.ts";
import type { ForgeState, Pass } from "../pass.ts";

/** What was read in a pass, by the state of its forge. */
const READ = new WeakMap<ForgeState, Promise<ForgeState["issues"] | undefined>>();

/** The issues of the pass, read at most once; undefined where the forge refuses, which must not stop the pull requests. */
export function readIssues(pass: Pass): Promise<ForgeState["issues"] | undefined> {
  const known = READ.get(pass.forge) ?? readNow(pass);
  READ.set(pass.forge, known);
  return known;
}

async function readNow({ forge, world, reported }: Pass): Promise<ForgeState["issues"] | undefined> {
  if (reported.alerts.length > 0 || reported.whole !== false) return forge.issues;
  try {
    return await world.forge.issues();
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    world.log.warn({ code: error.code, error: error.message }, "issues cannot be read");
    return undefined;
  }
}
