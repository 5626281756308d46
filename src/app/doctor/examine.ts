import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInstallations } from "../../forge/github/installations.ts";
import type { ServedFolders } from "../service/served-folders.ts";
import type { Shell } from "../shell.ts";
import { githubHosts } from "../world/forges/github-hosts.ts";
import { apiChecks, issuersWithoutEnvironment } from "./api/check-api.ts";
import { githubChecks, unlessRefused } from "./check-github.ts";
import { machineChecks } from "./check-machine.ts";
import { examineRepository, shortName } from "./check-repository.ts";
import { aFewAtATime, type Check, type Finding, runCheck } from "./finding.ts";
import { giteaChecks, repositoriesOnGitea } from "./gitea/check-gitea.ts";
import { appOptions } from "./github-credential.ts";

/** Repositories that are looked at, and at a time. */
const MOST = 50;
const AT_A_TIME = 4;

/**
 * Looks at everything that RAOS depends on, side by side and within a time of each. Changes nothing but its cache. The repositories
 * are the given one, or those of the GitHub App, or the folder that it runs in. Never throws; no text holds a secret.
 */
export async function examine(
  shell: Shell,
  repo: string | undefined,
  folders: ServedFolders,
): Promise<readonly Finding[]> {
  const base = Promise.all(
    [...machineChecks(shell), ...githubChecks(shell), ...giteaChecks(shell), ...apiChecks(shell)].map(runCheck),
  );
  const listed = await listRepositories(shell, repo);
  const examined = await aFewAtATime(listed.repositories, AT_A_TIME, async (one) => {
    const where = listed.repositories.length > 1 ? ` (${shortName(one)})` : "";
    return examineRepository(shell, { repo: one, folder: folders.of(one) }, where);
  });
  const environments = examined.flatMap((one) => one.environments);
  const checks = firstOfEachKey(examined.flatMap((one) => one.checks));
  const services = await aFewAtATime(checks, 16, runCheck);
  return [
    ...(await base).flat(),
    ...listed.findings,
    ...examined.flatMap((one) => one.findings),
    ...services.flat(),
    ...issuersWithoutEnvironment(shell, environments),
  ];
}

function firstOfEachKey(checks: readonly Check[]): readonly Check[] {
  const seen = new Set<string>();
  return checks.filter(({ name, key = name }) => {
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

interface Listed {
  readonly repositories: readonly string[];
  /** What is to be said of the list itself. */
  readonly findings: readonly Finding[];
}

async function listRepositories(shell: Shell, repo: string | undefined): Promise<Listed> {
  if (repo !== undefined) return { repositories: [repo], findings: [] };
  let repositories: readonly string[] = [];
  const find = async (): Promise<readonly Finding[]> => {
    const all = [...(await repositoriesOfApp(shell)), ...(await repositoriesOnGitea(shell))];
    repositories = all.slice(0, MOST);
    if (all.length <= MOST) return [];
    return [
      {
        ...{ check: "repositories", status: "warning", message: `the first ${MOST} of ${all.length} were looked at` },
        fix: "name one of the others with --repo",
      },
    ];
  };
  const findings = await runCheck({ name: "repositories", timeoutMs: 60_000, find: () => unlessRefused(find) });
  if (repositories.length > 0 || findings.length > 0) return { repositories, findings };
  if (existsSync(join(shell.cwd, "raos.yaml"))) return { repositories: ["."], findings: [] };
  return {
    repositories: [],
    findings: [
      {
        ...{
          check: "repositories",
          status: "off",
          message: "none is known, so no chart, source, cluster or model was looked at",
        },
        fix: "name one with --repo, or set the credential of a GitHub App that is installed on some",
      },
    ],
  };
}

/** The addresses of the App's repositories, sorted; none without an App. */
async function repositoriesOfApp(shell: Shell): Promise<readonly string[]> {
  const options = appOptions(shell);
  if (options === undefined) return [];
  const origin = githubHosts(shell.env)[0]?.origin ?? "";
  const found: string[] = [];
  for await (const { repo } of createInstallations(options).repositories()) found.push(`${origin}/${repo}`);
  return found.toSorted();
}
