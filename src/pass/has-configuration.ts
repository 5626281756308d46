import type { DefaultBranch } from "../forge/forge.ts";
import type { OrganisationReading } from "../spec/read/organisation-config.ts";
import type { CommitView } from "../survey/source/commit-view.ts";

/** Most files below agents/ that are read to find one agent spec. */
const MOST_READ = 100;
/** Bytes of a file in which its kind is looked for. */
const HEAD = 65_536;
/** The topic by which people ask for RAOS in a repository that has no specs yet. */
const TOPIC = "raos";

/**
 * Whether RAOS works in a repository as it is: it has a raos.yaml, or nobody wants RAOS there, or it works with the defaults already,
 * which is seen in the files generated for the environment `default`. Where it is wanted, agent specs, the topic `raos` or the
 * organisation's raos.yaml say so. Throws GitError.
 */
export async function hasConfiguration({ source }: CommitView, isInvited: boolean): Promise<boolean> {
  if ((await source.file("raos.yaml")) !== undefined) return true;
  const isBelow = source.below !== undefined && source.below !== "";
  const deployed = await (await source.deployedTenants()).load();
  // Below a folder, the defaults would name the top of the repository.
  if (deployed.has("default") && !isBelow) return true;
  return !isInvited && !(await hasAgentSpec(source));
}

/** Whether a repository's topics, or the organisation's raos.yaml, ask for RAOS there. */
export function isInvited({ topics = [], repository }: DefaultBranch, organisation: OrganisationReading): boolean {
  if (topics.includes(TOPIC)) return true;
  const name = repository?.slice(repository.lastIndexOf("/") + 1).toLowerCase();
  const named = organisation.kind === "read" ? organisation.onboards : [];
  return name !== undefined && named.some((pattern) => isMatch(name, pattern.toLowerCase()));
}

/** Whether a name matches a pattern in which `*` stands for any letters. In time proportional to the name for each part. */
function isMatch(name: string, pattern: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Other tools have a folder agents/, too: a spec says that it is RAOS's. */
export async function hasAgentSpec(source: CommitView["source"]): Promise<boolean> {
  const files = await source.specs();
  for (const file of files.slice(0, MOST_READ)) {
    const text = Buffer.from((await source.bytes(file)).subarray(0, HEAD)).toString("utf8");
    if (/^[ \t{]*"?apiVersion"?:[ \t]*"?raos\.dev\//m.test(text) && /"?kind"?:[ \t]*"?Agent\b/.test(text)) return true;
  }
  return false;
}
