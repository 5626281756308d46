import { join } from "node:path";
import { branchOf, copyBare, fleetOf, git, makeBare, outOfMemory, supervised } from "../adversary/fleet.ts";
import { alert } from "../support/cli/alerting-fleet.ts";
import { runToEnd } from "./raos-process.ts";

/** The repository of the rounds, and the results of alerts in it. */
export interface Place {
  /** The arguments with which a bot is started on it. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Pull requests in any state and open issues, by their cause: how many of each. */
  outcomes(): Promise<ReadonlyMap<string, number>>;
  /** What a person tries afterwards and cannot do, and what is broken; in words. */
  troubles(): Promise<readonly string[]>;
}

/** One alert and the cause that its pull request or issue has. */
export interface Expected {
  readonly alert: object;
  readonly cause: string;
}

const nameOf = (index: number): string => `agent-${index}`;
const LIMITS = "  limits: {openPulls: 10000, pullsPerHour: 10000}\n";

/** A bare repository of so many agents, whose every file is merged. */
export function makeFleet(bare: string, count: number): void {
  const agents = Array.from({ length: count }, (_, index) => [nameOf(index), supervised(nameOf(index), "never")]);
  makeBare(bare, fleetOf(Object.fromEntries(agents), LIMITS));
}

/** What fires about one agent after another: most is answered by a pull request, every fifth by an issue. */
export function* firing(): Generator<Expected> {
  for (let index = 0; ; index++) {
    const name = nameOf(index);
    const since = { startsAt: new Date(Date.now() - 300_000).toISOString() };
    yield index % 5 === 4
      ? {
          alert: alert("AgentSecretMissing", name, { cluster: "s1", secret: `secret-${index}` }, since),
          cause: `raos/alert/acme/${name}/staging/secret-missing`,
        }
      : { alert: outOfMemory(name), cause: branchOf(name) };
  }
}

/** A copy of a bare repository on disk, with a clone that a person works in. */
export function localPlace(template: string, folder: string): Place & { readonly bare: string } {
  const bare = join(folder, "fleet.git");
  copyBare(template, bare);
  const clone = join(folder, "clone");
  git(folder, ["clone", "--quiet", bare, clone]);
  return {
    bare,
    argv: ["--repo", bare],
    env: {},
    outcomes: async () => localOutcomes(bare),
    troubles: async () => [...fsck(bare), ...(await merged(bare, folder)), ...pushed(clone)],
  };
}

/** What the refs of the local forge hold. */
function localOutcomes(bare: string): ReadonlyMap<string, number> {
  const refs = git(bare, ["for-each-ref", "--format=%(refname)", "refs/raos"])
    .split("\n")
    .filter((ref) => ref.endsWith("/meta"));
  const files = refs.map((ref) => `${ref}:${ref.includes("/issues/") ? "issue" : "pull"}.json`);
  const output = git(bare, ["cat-file", "--batch"], `${files.join("\n")}\n`);
  const causes = [...output.matchAll(/^ {2}"(?:branch|key)": "([^"]+)"/gm)].flatMap((match) => match[1] ?? []);
  return countOf(causes);
}

export function countOf(causes: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const cause of causes) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return counts;
}

/** A person merges the oldest open pull request. */
async function merged(bare: string, folder: string): Promise<readonly string[]> {
  const open = await runToEnd(["pr", "list", "--repo", bare, "--output", "json"], folder);
  if (open.code !== 0) return [`raos pr list: ${open.errors.slice(-500)}`];
  const [, number] = /"number": (\d+)/.exec(open.out) ?? [];
  if (number === undefined) return [];
  const { code, errors } = await runToEnd(["pr", "merge", number, "--repo", bare], folder);
  return code === 0 ? [] : [`raos pr merge: ${errors.slice(-500)}`];
}

export function fsck(bare: string): readonly string[] {
  try {
    const said = git(bare, ["fsck", "--no-progress", "--no-dangling"]);
    return said === "" ? [] : [`git fsck: ${said.slice(0, 500)}`];
  } catch (error) {
    return [`git fsck: ${String(error).slice(0, 500)}`];
  }
}

/** A person commits on what main is now, and pushes. */
export function pushed(clone: string): readonly string[] {
  try {
    git(clone, ["fetch", "--quiet", "origin"]);
    git(clone, ["reset", "--quiet", "--hard", "origin/main"]);
    git(clone, ["commit", "--quiet", "--allow-empty", "--message=A person's"]);
    git(clone, ["push", "--quiet", "origin", "HEAD:main"]);
    return [];
  } catch (error) {
    return [`git push: ${String(error).slice(0, 500)}`];
  }
}
