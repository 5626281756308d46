import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { run } from "../../../src/cli/index.ts";
import type { Account, Caller, Level, Pull, Repository } from "../../servers/github/model/model.ts";
import { push, setBranch } from "../../servers/github/model/people.ts";
import { addAccount, addRepository } from "../../servers/github/model/world.ts";
import { addComment } from "../../servers/github/pulls/comments.ts";
import { createPull } from "../../servers/github/pulls/pulls.ts";
import { startGitHub, type TestGitHub } from "../../servers/github/server.ts";
import { UNCONFIGURED } from "../../support/forge/unconfigured.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitFor } from "../../support/wait.ts";
import { confirmOnGitHub } from "../registration/browser.ts";

const PEOPLE: Readonly<Record<string, Level | undefined>> = {
  owner: "admin",
  writer: "write",
  reader: "read",
  stranger: undefined,
};

/** An organisation on a GitHub: 30 repositories, of which six have agent specs, one of these is archived and one a fork. */
export interface Organisation {
  readonly github: TestGitHub;
  readonly account: Account;
  repository(name: string): Repository;
  /** One of its people: owner, writer, reader, stranger. */
  person(name: string): Account;
  as(name: string): Caller;
  /** A pull request by one of its people. */
  propose(by: string, name: string, branch: string, files: Readonly<Record<string, string>>): Promise<Pull>;
  /** A further commit on the branch of a pull request. */
  amend(by: string, pull: Pull, files: Readonly<Record<string, string>>): Promise<void>;
  say(by: string, pull: Pull, text: string): void;
  /** What RAOS wrote into the thread of a pull request, without hidden marks. */
  answers(pull: Pull): readonly string[];
}

export async function startOrganisation(): Promise<Organisation> {
  const github = await startGitHub({ checkAnswers: true });
  const { world, root } = github;
  const account = addAccount(world, "acme", "Organization");
  for (const name of Object.keys(PEOPLE)) addAccount(world, name, "User");
  const person = (name: string) => {
    const found = world.accounts.get(name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  };
  const collaborators = Object.fromEntries(
    Object.entries(PEOPLE).flatMap(([name, level]) => (level === undefined ? [] : [[name, level]])),
  );
  const add = async (name: string, files: Readonly<Record<string, string>>, fork?: Repository) => {
    const made = await addRepository(world, {
      ...{ root, owner: "acme", name, collaborators, isPrivate: false },
      ...(fork === undefined ? {} : { fork }),
    });
    if (Object.keys(files).length > 0) await push(world, made, person("owner"), "main", files, "Begin");
    return made;
  };
  const fleet = await add("fleet", UNCONFIGURED);
  for (const name of ["search", "sales", "ledger"]) await add(name, UNCONFIGURED);
  (await add("retired", UNCONFIGURED)).isArchived = true;
  await add("fleet-fork", UNCONFIGURED, fleet);
  await add("empty", {});
  for (let index = 1; index <= 23; index += 1) await add(`service-${index}`, { "README.md": `Service ${index}\n` });
  const repository = (name: string) => {
    const found = [...world.repositories.values()].find((one) => one.name === name);
    if (found === undefined) throw new Error(`no repository ${name}`);
    return found;
  };
  const as = (name: string): Caller => ({ kind: "user", user: person(name), token: "" });
  return {
    ...{ github, account, repository, person, as },
    async propose(by, name, branch, files) {
      const into = repository(name);
      const from = (await into.git.resolve("refs/heads/main")) ?? "";
      await push(world, into, person(by), branch, files, "A change", { from });
      const words = { title: "A change", body: "", baseRef: "main", draft: false, headRef: branch };
      return createPull(world, as(by), into, { ...words, headRepository: into });
    },
    async amend(by, pull, files) {
      await push(world, pull.repository, person(by), pull.headRef, files, "Mend it");
    },
    say: (by, pull, text) => void addComment(world, as(by), pull, text),
    answers: (pull) =>
      pull.comments
        .filter(({ author }) => author.type === "Bot")
        .map(({ body }) => body.replace(/\s*<!--[\s\S]*-->\s*$/, "")),
  };
}

/** Deletes a branch as one of its people does. */
export async function deleteBranch({ github, person }: Organisation, by: string, pull: Pull): Promise<void> {
  await setBranch(github.world, pull.repository, person(by), pull.headRef, undefined);
}

/** `raos app create --org acme`, with the two clicks of an owner. Returns the credentials that it wrote, as environment variables. */
export async function registerApp({ github }: Organisation): Promise<Readonly<Record<string, string>>> {
  const folder = temporaryFolder();
  let out = "";
  const print = (text: string) => {
    out += text;
  };
  const argv = ["--org", "acme", "--url", "https://bot.acme.example", "--github-server", github.url];
  const ended = run(["app", "create", ...argv], {
    env: { PATH: process.env.PATH },
    cwd: folder,
    terminal: false,
    input: () => Readable.from([]),
    out: print,
    err: print,
    now: Date.now,
    signal: new AbortController().signal,
    hold: () => {},
  });
  const address = await waitFor(() => /^ {2}(http:\/\/127\.0\.0\.1:\d+\/\S+)$/m.exec(out)?.[1]);
  await fetch(await confirmOnGitHub(address));
  if ((await ended) !== 0) throw new Error(out);
  const lines = readFileSync(join(folder, "raos-app.env"), "utf8").trim().split("\n");
  const written = Object.fromEntries(lines.map((line) => line.split("=", 2)));
  return { ...written, GITHUB_API_URL: github.url };
}
