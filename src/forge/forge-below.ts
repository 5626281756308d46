import type { Issue, IssueProposal } from "../domain/alert/incident.ts";
import { rekeyIssue } from "../domain/alert/issue-marker.ts";
import { BRANCH_PREFIX, branchBelow, branchPrefixOf, isBranchOfFolder } from "../domain/branch-name.ts";
import type { Proposal } from "../domain/proposal.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { ShownDeployment } from "../domain/rollout/deployment.ts";
import type { Path } from "../domain/values/scalars.ts";
import type { Deployments, Forge, HeadWriter, OwnChecks } from "./forge.ts";

/**
 * The forge of a repository as a bot sees it whose files lie in one of its folders ("" is the top): it proposes files by their
 * paths below that folder, and meets only its own pull requests and issues. Their branches and keys start with
 * `raos/at/<folder>/`, so that bots in two folders never share one; a bot at the top leaves those alone.
 */
export function forgeBelow(forge: Forge, folder: Path): Forge {
  const names = namesOf(folder);
  const inner = ({ branch, ...pull }: PullRequest): readonly PullRequest[] => {
    const name = names.inner(branch);
    return name === undefined ? [] : [{ ...pull, branch: name }];
  };
  const own = (pull: PullRequest): PullRequest => ({ ...pull, branch: names.inner(pull.branch) ?? pull.branch });
  const outer = (pull: PullRequest): PullRequest => ({ ...pull, branch: names.outer(pull.branch) });
  const proposed = (proposal: Proposal): Proposal => ({
    ...proposal,
    branch: names.outer(proposal.branch),
    files: proposal.files.map((file) => ({ ...file, path: folder === "" ? file.path : `${folder}/${file.path}` })),
  });
  return {
    ...forge,
    async pullRequests(branches) {
      const found = await forge.pullRequests(branches.map(names.outer));
      return { ...found, pulls: found.pulls.flatMap(inner) };
    },
    async openedSince(since) {
      return (await forge.openedSince(since))?.filter((branch) => names.inner(branch) !== undefined);
    },
    async recentPulls(since) {
      return (await forge.recentPulls(since))?.flatMap(inner);
    },
    async pull(number) {
      const found = await forge.pull(number);
      return found && inner(found)[0];
    },
    open: async (proposal, base) => own(await forge.open(proposed(proposal), base)),
    update: async (pull, proposal, base, replay) =>
      own(await forge.update(outer(pull), proposed(proposal), base, replay)),
    close: (pull, sentence, options) => forge.close(outer(pull), sentence, options),
    commentHandsOff: (pull, sentence) => forge.commentHandsOff(outer(pull), sentence),
    checks: (pull) => forge.checks(outer(pull)),
    merge: (pull, onto) => forge.merge(outer(pull), onto),
    ...issuesBelow(forge, names),
    ...(forge.headWriter === undefined ? {} : { headWriter: headsBelow(forge.headWriter, folder) }),
    ...(forge.deployments === undefined ? {} : { deployments: deploymentsBelow(forge.deployments, folder) }),
    ...(forge.ownChecks === undefined ? {} : { ownChecks: checksBelow(forge.ownChecks, folder) }),
  };
}

function headsBelow(heads: HeadWriter, folder: Path): HeadWriter {
  const outer = (path: Path): Path => (folder === "" ? path : `${folder}/${path}`);
  return {
    ...heads,
    commit: (subject, files, message) =>
      heads.commit(
        subject,
        files.map((file) => ({ ...file, path: outer(file.path) })),
        message,
      ),
  };
}

/** Bots in two folders show a check each. */
function checksBelow(checks: OwnChecks, folder: Path): OwnChecks {
  if (folder === "") return checks;
  const outer = (check: string): string => `${check} / ${folder}`;
  return {
    subjects: (base, check) => checks.subjects(base, outer(check)),
    show: (subject, check, key, report) => {
      const annotations = report.annotations.map((one) => ({ ...one, path: `${folder}/${one.path}` }));
      return checks.show(subject, outer(check), key, { ...report, annotations });
    },
  };
}

/** Two folders may have an agent of the same name. */
function deploymentsBelow(deployments: Deployments, folder: Path): Deployments {
  if (folder === "") return deployments;
  const outer = (one: ShownDeployment) => ({ ...one, environment: `${one.environment} (${folder})` });
  return { show: (list) => deployments.show(list.map(outer)) };
}

interface Names {
  readonly outer: (name: string) => string;
  /** Undefined for a branch or key of another folder. */
  readonly inner: (name: string) => string | undefined;
}

function namesOf(folder: Path): Names {
  const prefix = branchPrefixOf(folder);
  return {
    outer: (name) => branchBelow(name, folder),
    inner: (name) => (isBranchOfFolder(name, folder) ? `${BRANCH_PREFIX}${name.slice(prefix.length)}` : undefined),
  };
}

function issuesBelow(forge: Forge, names: Names): Pick<Forge, "issues" | "openIssue" | "updateIssue" | "closeIssue"> {
  const inner = (issue: Issue): readonly Issue[] => {
    const key = names.inner(issue.key);
    return key === undefined ? [] : [{ ...issue, key, body: rekeyIssue(issue.body, key) }];
  };
  const own = (issue: Issue): Issue => inner(issue)[0] ?? issue;
  const outer = <T extends Issue | IssueProposal>(issue: T): T => {
    const key = names.outer(issue.key);
    return { ...issue, key, body: rekeyIssue(issue.body, key) };
  };
  return {
    async issues() {
      const found = await forge.issues();
      return { ...found, issues: found.issues.flatMap(inner) };
    },
    openIssue: async (report) => own(await forge.openIssue(outer(report))),
    updateIssue: async (issue, report) => own(await forge.updateIssue(outer(issue), outer(report))),
    closeIssue: (issue, sentence) => forge.closeIssue(outer(issue), sentence),
  };
}
