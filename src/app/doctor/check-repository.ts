import * as z from "zod";
import { BRANCH_PREFIX } from "../../domain/branch-name.ts";
import type { Fleet } from "../../domain/fleet.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { ForgeError } from "../../forge/forge.ts";
import { createClient } from "../../forge/github/client/client.ts";
import { createPacer, GITHUB_PACE } from "../../forge/github/client/pace.ts";
import { GitError } from "../../git/git-error.ts";
import { type CommitReading, readDefaultBranch } from "../../pass/read-commit.ts";
import { groupProblems } from "../../spec/problems/group-problems.ts";
import type { Shell } from "../shell.ts";
import { giteaServer, isOnGitea } from "../world/forges/gitea-forge.ts";
import { authOf } from "../world/forges/github-forge.ts";
import { githubHostOf } from "../world/forges/github-hosts.ts";
import { ownerAndName, repositoryUrl } from "../world/forges/repository-url.ts";
import { openWorld } from "../world/open-world.ts";
import { outboundFetch } from "../world/outbound-fetch.ts";
import { chartCheck } from "./check-chart.ts";
import { clusterCheck } from "./check-cluster.ts";
import { modelCheck } from "./check-model.ts";
import { sourceChecks } from "./check-sources.ts";
import { type Check, type Finding, runCheck } from "./finding.ts";
import { giteaRepositoryFindings } from "./gitea/check-repository-access.ts";

/** A repository, and the folder of it in which RAOS's files lie; "" is its top. */
interface RepositoryPlace {
  readonly repo: string;
  readonly folder: Path;
}

/** What is found about a repository, and the checks of all that its raos.yaml names. */
export interface ExaminedRepository {
  readonly findings: readonly Finding[];
  readonly checks: readonly Check[];
  /** Those of its raos.yaml; none where it cannot be read. */
  readonly environments: readonly string[];
}

/** Milliseconds: the first time, the repository is copied. */
const TIMEOUT = 120_000;

/**
 * Looks at a folder, or an https address: whether it can be read, what GitHub's rules say of RAOS' branches, and what its default
 * branch holds. `where` is what the checks of its raos.yaml are told apart by. Never throws.
 */
export async function examineRepository(shell: Shell, at: RepositoryPlace, where: string): Promise<ExaminedRepository> {
  const { repo } = at;
  const name = `repository ${shortName(repo)}`;
  let content: ExaminedRepository = { findings: [], checks: [], environments: [] };
  const find = async () => {
    const remote = /^https?:\/\//i.test(repo) ? await remoteFindings(shell, repo, name) : [];
    if (remote.some((one) => one.check === name && (one.status === "failed" || one.status === "off"))) return remote;
    content = await examineContent(shell, at, name, where);
    return [...remote, ...content.findings];
  };
  const findings = await runCheck({ name, timeoutMs: TIMEOUT, find });
  return { ...content, findings };
}

/** `acme/fleet` of an address, a folder as it is. */
export function shortName(repo: string): string {
  return URL.canParse(repo) && /^https?:/i.test(repo) ? new URL(repo).pathname.replace(/^\/|\.git$|\/$/g, "") : repo;
}

const Facts = z.object({
  archived: z.boolean().nullish(),
  default_branch: z.string().max(1000),
  permissions: z.object({ push: z.boolean() }).partial().nullish(),
});
const Rules = z.array(z.object({ type: z.string().max(100), ruleset_id: z.int().optional() })).max(1000);

/** Rules of GitHub's that stop a push to a branch of RAOS': docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets */
const FORBIDDING: Readonly<Record<string, string>> = {
  creation: "nobody may create them",
  update: "nobody may push to them",
  deletion: "nobody may delete them",
  non_fast_forward: "nobody may rebuild them (force push)",
  pull_request: "they are changed by pull requests alone",
  required_status_checks: "checks have to pass before a push",
  required_deployments: "deployments have to succeed before a push",
  branch_name_pattern: "their names have to follow a pattern",
  commit_message_pattern: "commit messages have to follow a pattern",
  commit_author_email_pattern: "authors' addresses have to follow a pattern",
  committer_email_pattern: "committers' addresses have to follow a pattern",
  file_path_restriction: "some files may not be pushed",
};

/** What GitHub says of the repository; nothing where there is nothing to say. */
async function remoteFindings(shell: Shell, repo: string, name: string): Promise<readonly Finding[]> {
  const url = repositoryUrl(repo);
  if (isOnGitea(shell.env, url)) {
    const { owner: holder, name: title } = ownerAndName(url, giteaServer(shell.env).url);
    return giteaRepositoryFindings(shell, `${holder}/${title}`, name);
  }
  const { api, origin } = githubHostOf(shell.env, url);
  const [owner = "", bare = ""] = shortName(repo).split("/");
  const auth = authOf(shell);
  const client = createClient({
    ...{ owner, name: bare, auth, baseUrl: api, pacer: createPacer(GITHUB_PACE), concurrency: 4 },
    ...{ timeout: 10_000, patience: 0, retryBase: 200, warn: () => {}, fetch: outboundFetch(shell.env) },
  });
  const place = { owner, repo: bare };
  const facts = await client
    .get("read the repository", place, (octokit, asked) => octokit.rest.repos.get(asked), Facts)
    .catch((error: unknown) => {
      if (error instanceof ForgeError && error.code === "not-found") return undefined;
      throw error;
    });
  if (facts === undefined) {
    const fix = auth.kind === "token" ? "give the token access to it" : `install the App on it: ${origin}/${owner}`;
    return [
      { check: name, status: "failed", message: "there is no such repository, or this credential may not see it", fix },
    ];
  }
  if (facts.archived === true)
    return [{ check: name, status: "off", message: "it is archived, so RAOS leaves it alone" }];
  if (auth.kind === "token" && facts.permissions?.push === false)
    return [
      {
        check: name,
        status: "failed",
        message: "the token may read it, and not write",
        fix: "give the token's owner write access",
      },
    ];
  const rules =
    (await client.get(
      "read the branch rules",
      { ...place, branch: `${BRANCH_PREFIX}doctor` },
      (octokit, asked) => octokit.rest.repos.getBranchRules(asked),
      Rules,
    )) ?? [];
  const forbidden = [
    ...new Set(rules.flatMap(({ type }) => (Object.hasOwn(FORBIDDING, type) ? [FORBIDDING[type] ?? ""] : []))),
  ];
  if (forbidden.length === 0) return [];
  return [
    {
      ...{
        check: name,
        status: "warning",
        message: `rules hold for the branches ${BRANCH_PREFIX}**: ${forbidden.join("; ")}`,
      },
      fix: `leave ${BRANCH_PREFIX}** out of these rulesets, or let RAOS' App bypass them: ${origin}/${owner}/${bare}/settings/rules`,
    },
  ];
}

/** What the default branch holds. Throws GitError, ForgeError, OutsideError. */
async function examineContent(
  shell: Shell,
  { repo, folder }: RepositoryPlace,
  check: string,
  where: string,
): Promise<ExaminedRepository> {
  const silent = () => {};
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const unused = () => {
    throw new Error("the doctor asks sources and the model by itself");
  };
  // What the services find wrong in the environment is a finding of theirs, not of the repository.
  const services = { evidenceReader: unused, investigations: unused };
  const { world, close } = await openWorld(shell, repo, { log, services, folder });
  try {
    const read = await readDefaultBranch(world);
    if (read.kind !== "read") return only({ check, ...unreadFinding(read) });
    const { base, commit, survey, policies } = read;
    const { fleet, environments } = survey;
    const problems = groupProblems([...survey.problems.flatMap((one) => one.problems), ...policies.problems]);
    const hasConfig = [...(await commit.slice(["raos.yaml", "raos.yml", "raos.json"])).list("")].length > 0;
    if (
      !hasConfig &&
      fleet.tenants.size === 0 &&
      environments.length <= 1 &&
      problems.length === 0 &&
      survey.drifts().length === 0
    )
      return only({
        check,
        status: "off",
        message: "it has no raos.yaml and no agent",
        fix: "raos init writes the first files",
      });
    const finding: Finding =
      problems.length === 0
        ? { check, status: "ok", message: `default branch ${base.branch}, no problems in its specs` }
        : {
            ...{
              check,
              status: "warning",
              message: `default branch ${base.branch}, ${problems.length} ${problems.length === 1 ? "problem" : "problems"} in its files, the first in ${placeOf(problems[0])}`,
            },
            fix: "raos validate says all of them",
          };
    const chart = await runCheck(chartCheck(shell, fleet.config, commit, where));
    const names = fleet.config.spec.environments.map(({ name }) => name);
    return { findings: [finding, ...chart], checks: checksOf(shell, { ...fleet }, where), environments: names };
  } catch (error) {
    if (!(error instanceof GitError) && !(error instanceof ForgeError)) throw error;
    return only({
      check,
      status: "failed",
      message: error.message,
      fix: "the credential has to be let in by Git over HTTPS too, and this machine to reach it",
    });
  } finally {
    await close();
  }
}

function only(finding: Finding): ExaminedRepository {
  return { findings: [finding], checks: [], environments: [] };
}

function checksOf(shell: Shell, fleet: Fleet, where: string): readonly Check[] {
  const { config } = fleet;
  const of = config.spec.environments.flatMap(({ name }) => [
    ...sourceChecks(shell, config, name, where),
    clusterCheck(shell, fleet, name, where),
  ]);
  return [...of, modelCheck(shell, config, where)];
}

function placeOf(
  problem: { readonly file: string; readonly line: number; readonly message: string } | undefined,
): string {
  return problem === undefined ? "a file" : `${problem.file}:${problem.line}: ${problem.message}`;
}

/** What is said of a repository from which nothing can be read. */
function unreadFinding(read: Exclude<CommitReading, { readonly kind: "read" }>): Omit<Finding, "check"> {
  switch (read.kind) {
    case "archived":
      return { status: "off", message: "it is archived, so RAOS leaves it alone" };
    case "empty":
      return {
        status: "warning",
        message: `its default branch ${read.branch} has no commit`,
        fix: "raos init writes the first files",
      };
    case "unreadable":
      return {
        status: "failed",
        message: `raos.yaml cannot be read: ${placeOf(read.problems[0])}`,
        fix: "raos validate says all of it",
      };
    default:
      return read satisfies never;
  }
}
