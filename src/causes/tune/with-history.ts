import type { Pass } from "../../pass/pass.ts";
import { readIssues } from "../../pass/people/read-issues.ts";
import { readRecentPulls } from "../../pass/people/recent-pulls.ts";

/** The pass with its issues and recent pull requests, which it has read only where there are alerts; undefined: the forge refuses. */
export async function withHistory(pass: Pass): Promise<Pass | undefined> {
  const [issues, recent] = await Promise.all([readIssues(pass), readRecentPulls(pass)]);
  if (issues === undefined || recent === undefined) return undefined;
  return { ...pass, forge: { ...pass.forge, issues, recent } };
}
