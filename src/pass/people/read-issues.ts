import { onceInAPass } from "../once-in-a-pass.ts";
import type { ForgeState } from "../pass.ts";
import { needsHistory } from "../reported-alerts.ts";

/** The issues of the pass, read at most once; undefined where the forge refuses, which must not stop the pull requests. */
export const readIssues = onceInAPass<ForgeState["issues"]>(
  async ({ forge, world, reported }) => (needsHistory(reported) ? forge.issues : world.forge.issues()),
  "issues cannot be read",
);
