import { raos } from "../cli/raos.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** The titles of a repository's issues in this state. */
export async function issuesIn(bare: string, state: "open" | "closed"): Promise<readonly string[]> {
  const argv = ["issue", "list", "--repo", bare, "--state", "all", "--output", "json"];
  const { out } = await raos(temporaryFolder(), argv);
  const issues: readonly { readonly title: string; readonly state: string }[] = JSON.parse(out);
  return issues.filter((issue) => issue.state === state).map(({ title }) => title);
}
