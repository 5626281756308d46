import { afterAll, beforeAll, vi } from "vitest";
import * as z from "zod";
import { describeReal } from "../../real/component.ts";
import { askGitea, type GiteaAccount } from "../../real/gitea/account.ts";
import { type Gitea, startGitea } from "../../real/gitea/gitea.ts";
import { createGiteaRepository } from "../../real/gitea/repository.ts";
import { type Files, forgeContract, type TestRepository } from "../contract/contract.ts";

vi.setConfig({ testTimeout: 300_000 });

const Comments = z.array(z.object({ body: z.string() }));
const Made = z.object({ number: z.int() });

describeReal("gitea", "a real Gitea", () => {
  let gitea: Gitea;
  let people: { readonly owner: GiteaAccount; readonly bot: GiteaAccount; readonly other: GiteaAccount };
  beforeAll(async () => {
    gitea = await startGitea();
    people = {
      owner: await gitea.user("robin"),
      bot: await gitea.user("raos-bot"),
      other: await gitea.user("sam"),
    };
  }, 120_000);
  afterAll(() => gitea?.stop());

  forgeContract("Gitea", (files) => onGitea(people, files));
});

async function onGitea(
  { owner, bot, other }: { readonly owner: GiteaAccount; readonly bot: GiteaAccount; readonly other: GiteaAccount },
  files: Files | undefined,
): Promise<TestRepository> {
  const repository = await createGiteaRepository(owner, bot, files);
  const [forge, another] = [await repository.forge(), await repository.forge()];
  return {
    forge,
    another: () => another,
    commit: repository.commit,
    setBranch: repository.setBranch,
    renameDefaultBranch: async (to) => {
      await repository.ask("PATCH", "/branches/main", { name: to });
    },
    closeAsPerson: async (number) => {
      await repository.ask("PATCH", `/pulls/${number}`, { state: "closed" });
    },
    closeIssueAsPerson: async (number) => {
      await repository.ask("PATCH", `/issues/${number}`, { state: "closed" });
    },
    issueOfPerson: async (title, body) =>
      Made.parse(await askGitea(other, "POST", `/repos/${repository.name}/issues`, { title, body })).number,
    branchHead: repository.branchHead,
    async files(commit) {
      const copy = await repository.fetched();
      const paths = (await copy.git("ls-tree", "-r", "-z", "--name-only", commit)).split("\0").filter(Boolean);
      const texts = await Promise.all(paths.map((path) => copy.git("cat-file", "blob", `${commit}:${path}`)));
      return Object.fromEntries(paths.map((path, index) => [path, `${texts[index]}\n`]));
    },
    parents: async (commit) => (await (await repository.fetched()).git("log", "-1", "--format=%P", commit)).split(" "),
    comments: async (number) =>
      Comments.parse(await repository.ask("GET", `/issues/${number}/comments`)).map(({ body }) => body),
    end: repository.end,
  };
}
