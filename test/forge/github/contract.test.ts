import { readCommit } from "../../servers/github/git/commits.ts";
import { push, renameDefaultBranch, setBranch } from "../../servers/github/model/people.ts";
import { createIssue, updateIssue } from "../../servers/github/pulls/issues.ts";
import { updatePull } from "../../servers/github/pulls/pulls.ts";
import { fleetOnGitHub } from "../../servers/github/setup.ts";
import { type Files, forgeContract, type TestRepository } from "../contract/contract.ts";

forgeContract("GitHub", onGitHub);
forgeContract("a GitHub Enterprise Server", (files) => onGitHub(files, "/api/v3"));

async function onGitHub(files: Files | undefined, root = ""): Promise<TestRepository> {
  const fleet = await fleetOnGitHub(files);
  const { github, repository, person } = fleet;
  const { world } = github;
  const { git } = repository;
  const another = () => fleet.forge({ baseUrl: github.url + root });
  const pullAt = (number: number) => {
    const pull = repository.pulls.get(number);
    if (pull === undefined) throw new Error(`no pull request #${number}`);
    return pull;
  };
  return {
    forge: another(),
    another,
    commit: (branch, changed) => push(world, repository, person, branch, changed, "A person's commit"),
    setBranch: (branch, to) => setBranch(world, repository, person, branch, to),
    renameDefaultBranch: (to) => renameDefaultBranch(world, repository, to),
    closeAsPerson: (number) =>
      updatePull(world, { kind: "user", user: person, token: "" }, pullAt(number), { state: "CLOSED" }),
    closeIssueAsPerson: async (number) => {
      const issue = repository.issues.get(number);
      if (issue === undefined) throw new Error(`no issue #${number}`);
      updateIssue(world, { kind: "user", user: person, token: "" }, issue, { state: "CLOSED" });
    },
    issueOfPerson: async (title, body) =>
      createIssue(world, { kind: "user", user: person, token: "" }, repository, { title, body }).number,
    branchHead: (branch) => git.resolve(`refs/heads/${branch}`),
    files: async (commit) => {
      const paths = (await git.git("ls-tree", "-r", "-z", "--name-only", commit))
        .split("\0")
        .filter((path) => path !== "");
      const texts = await Promise.all(
        paths.map(async (path) => (await git.object(`${commit}:${path}`))?.bytes.toString() ?? ""),
      );
      return Object.fromEntries(paths.map((path, index) => [path, texts[index] ?? ""]));
    },
    parents: async (commit) => (await readCommit(git, commit))?.parents ?? [],
    comments: async (number) => (repository.issues.get(number) ?? pullAt(number)).comments.map(({ body }) => body),
    end: () => github.close(),
  };
}
