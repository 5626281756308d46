import type { CommitView } from "../survey/source/commit-view.ts";

/** Most files below agents/ that are read to find one agent spec. */
const MOST_READ = 100;
/** Bytes of a file in which its kind is looked for. */
const HEAD = 65_536;

/**
 * Whether RAOS works in a repository as it is: it has a raos.yaml, or no agent spec, or it works with the defaults already,
 * which is seen in the files generated for the environment `default`. Throws GitError.
 */
export async function hasConfiguration({ source }: CommitView): Promise<boolean> {
  if ((await source.file("raos.yaml")) !== undefined) return true;
  const deployed = await (await source.deployedTenants()).load();
  return deployed.has("default") || !(await hasAgentSpec(source));
}

/** Other tools have a folder agents/, too: a spec says that it is RAOS's. */
async function hasAgentSpec(source: CommitView["source"]): Promise<boolean> {
  const files = await source.specs();
  for (const file of files.slice(0, MOST_READ)) {
    const text = Buffer.from((await source.bytes(file)).subarray(0, HEAD)).toString("utf8");
    if (/^[ \t{]*"?apiVersion"?:[ \t]*"?raos\.dev\//m.test(text) && /"?kind"?:[ \t]*"?Agent\b/.test(text)) return true;
  }
  return false;
}
