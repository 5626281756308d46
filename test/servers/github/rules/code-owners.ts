import type { Account, Pull, Team, World } from "../model/model.ts";
import { changedFiles } from "../pulls/pull-commits.ts";

/** Where GitHub looks for the file, in this order (docs.github.com, "About code owners"). */
const PLACES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/** Asks the owners of the changed files for a review, as GitHub does when a pull request opens that is no draft. */
export async function askCodeOwners(world: World, pull: Pull): Promise<void> {
  if (pull.draft) return;
  const text = await codeOwners(pull);
  if (text === "") return;
  const rules = text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter(([pattern]) => pattern !== "");
  const names = (await changedFiles(pull)).flatMap((path) => {
    // The last match wins.
    const [, ...owners] = rules.findLast(([pattern = ""]) => matches(pattern, path)) ?? [];
    return owners;
  });
  for (const name of new Set(names)) {
    const team = teamOf(pull, name);
    const person = world.accounts.get(name.slice(1));
    if (team !== undefined) pull.teams = [...new Set([...pull.teams, team])];
    else if (person !== undefined && person.id !== pull.author.id && mayWrite(pull, person))
      pull.reviewers = [...new Set([...pull.reviewers, person])];
  }
  if (names.length > 0) world.emit({ kind: "pull_request", action: "review_requested", pull, actor: pull.author });
}

async function codeOwners(pull: Pull): Promise<string> {
  for (const place of PLACES) {
    const found = await pull.repository.git.object(`${pull.baseOid}:${place}`);
    if (found !== undefined) return found.bytes.toString();
  }
  return "";
}

/** `*`, `/folder/` and `*.ending` of gitignore's patterns. */
function matches(pattern: string, path: string): boolean {
  if (pattern === "*") return true;
  if (pattern.startsWith("*.")) return path.endsWith(pattern.slice(1));
  const start = pattern.replace(/^\//, "");
  return start.endsWith("/") ? path.startsWith(start) : path === start || path.startsWith(`${start}/`);
}

function teamOf(pull: Pull, name: string): Team | undefined {
  const [owner, slug] = name.slice(1).split("/");
  return owner === pull.repository.owner.login ? pull.repository.teams.find((team) => team.slug === slug) : undefined;
}

function mayWrite(pull: Pull, person: Account): boolean {
  return ["write", "admin"].includes(pull.repository.collaborators.get(person.login) ?? "");
}
