import { join } from "node:path";
import { createLocalForge } from "../../../src/forge/local/forge.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { openWorkshop, PERSON, type Workshop } from "../../support/git/repository.ts";
import { forgeContract } from "../contract/contract.ts";
import type { Files, TestRepository } from "../contract/test-repository.ts";

forgeContract("a bare repository", (files) => repositoryOn("bare", files));
forgeContract("a working folder", (files) => repositoryOn("working", files));

async function repositoryOn(kind: "bare" | "working", files: Files | undefined): Promise<TestRepository> {
  const workshop = await openWorkshop(kind);
  if (files !== undefined) await workshop.commit("main", files);
  if (files !== undefined && kind === "working") await workshop.git("reset", "--quiet", "--hard");
  const open = async () => {
    const repository = await openRepository(workshop.dir, { env: process.env, cache: join(workshop.root, "cache") });
    return { repository, forge: createLocalForge(repository, { clock, person: PERSON }) };
  };
  const [one, other] = [await open(), await open()];
  return {
    forge: one.forge,
    another: () => other.forge,
    async commit(branch, changed) {
      const sha = await workshop.commit(branch, changed);
      if (kind === "working" && branch === "main") await workshop.git("reset", "--quiet", "--hard");
      return sha;
    },
    async setBranch(branch, to) {
      if (to === undefined) await workshop.git("branch", "-D", branch);
      else await workshop.git("branch", "-f", branch, to);
    },
    async renameDefaultBranch(to) {
      await workshop.git("branch", "-m", "main", to);
    },
    async closeAsPerson(number) {
      const pull = await one.forge.pull(number);
      if (pull !== undefined) await one.forge.closeAsPerson(pull);
    },
    async closeIssueAsPerson(number) {
      const issue = (await one.forge.listIssues()).find((each) => each.number === number);
      if (issue !== undefined) await one.forge.closeIssueAsPerson(issue);
    },
    branchHead: (branch) => workshop.git("rev-parse", `refs/heads/${branch}`).catch(() => undefined),
    files: (commit) => filesOf(workshop, commit),
    parents: async (commit) => (await workshop.git("log", "-1", "--format=%P", commit)).split(" "),
    comments: async (number) => (await one.forge.comments(number)).map(({ body }) => body),
    async end() {
      for (const { forge, repository } of [one, other]) {
        await forge.dispose();
        await repository.close();
      }
      await workshop.remove();
    },
  };
}

async function filesOf(workshop: Workshop, commit: string): Promise<Files> {
  const paths = (await workshop.git("ls-tree", "-r", "-z", "--name-only", commit))
    .split("\0")
    .filter((path) => path !== "");
  const texts = await Promise.all(paths.map((path) => workshop.git("cat-file", "blob", `${commit}:${path}`)));
  return Object.fromEntries(paths.map((path, index) => [path, `${texts[index]}\n`]));
}

let moment = 1_700_000_000_000;
function clock(): number {
  moment += 1000;
  return moment;
}
