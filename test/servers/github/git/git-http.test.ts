import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { proposalFor } from "../../../support/forge/proposal.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { issueInstallationToken, issueUserToken } from "../model/sign-in.ts";
import { type Fleet, fleetOnGitHub } from "../setup.ts";
import { gitEnvironment } from "./git-store.ts";

const run = promisify(execFile);
let fleet: Fleet;
let work: string;
beforeEach(async () => {
  fleet = await fleetOnGitHub({ "a.yaml": "a: 1\n" });
  work = temporaryFolder();
});
afterEach(async () => {
  await fleet.github.close();
});

async function git(token: string | undefined, ...args: readonly string[]): Promise<string> {
  const header =
    token === undefined ? "" : `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const env = {
    ...gitEnvironment(),
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: "3",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: header,
    GIT_CONFIG_KEY_1: "user.name",
    GIT_CONFIG_VALUE_1: "robin",
    GIT_CONFIG_KEY_2: "user.email",
    GIT_CONFIG_VALUE_2: fleet.person.email,
  };
  return (await run("git", args, { cwd: work, env })).stdout;
}

const address = () => `${fleet.github.url}/acme/fleet.git`;

describe("Git over HTTP", () => {
  it("clones with the token that the forge gives", async () => {
    await git(await fleet.forge().gitCredential(), "clone", "--quiet", address(), "fleet");
    expect(await git(undefined, "-C", "fleet", "rev-parse", "HEAD")).toBe(`${fleet.base}\n`);
  });

  it("asks for credentials, and holds them to their permissions", async () => {
    const { world } = fleet.github;
    await expect(git(undefined, "clone", "--quiet", address(), "none")).rejects.toThrow(
      /could not read Username|Authentication/,
    );
    await expect(git("ghs_wrong", "clone", "--quiet", address(), "wrong")).rejects.toThrow(
      /could not read Username|Authentication/,
    );
    const reader = issueInstallationToken(world, world.app, fleet.installation, { contents: "read" }, undefined).token;
    await git(reader, "clone", "--quiet", address(), "fleet");
    await expect(git(reader, "-C", "fleet", "push", "--quiet", "origin", "HEAD:refs/heads/x")).rejects.toThrow(/403/);
    const blind = issueInstallationToken(world, world.app, fleet.installation, { metadata: "read" }, undefined).token;
    await expect(git(blind, "clone", "--quiet", address(), "blind")).rejects.toThrow(/not found/i);
  });

  it("a person's push onto the bot's branch moves the pull request along", async () => {
    const forge = fleet.forge();
    const base = { branch: "main", sha: fleet.base ?? "" };
    const pull = await forge.open(proposalFor("a", { "a.yaml": "a: 2\n" }), base);
    const token = issueUserToken(fleet.github.world, "robin");
    await git(token, "clone", "--quiet", "--branch", pull.branch, address(), "fleet");
    await writeFile(join(work, "fleet", "mine.txt"), "mine\n");
    await git(token, "-C", "fleet", "add", "mine.txt");
    await git(token, "-C", "fleet", "commit", "--quiet", "-m", "Mine");
    await git(token, "-C", "fleet", "push", "--quiet", "origin", "HEAD");
    expect(await forge.pull(pull.number)).toMatchObject({ botOnly: false, state: "open" });
    await git(token, "-C", "fleet", "reset", "--quiet", "--hard", pull.head);
    await git(token, "-C", "fleet", "commit", "--quiet", "--amend", "--no-edit");
    await git(token, "-C", "fleet", "push", "--quiet", "--force", "origin", "HEAD");
    // An amended commit keeps its author and gets another committer.
    expect(await forge.pull(pull.number)).toMatchObject({ botOnly: false, state: "open" });
    await git(token, "-C", "fleet", "push", "--quiet", "origin", "--delete", pull.branch);
    expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: false });
    // GitHub keeps the head of a pull request after its branch is gone.
    await git(token, "-C", "fleet", "fetch", "--quiet", "origin", `refs/pull/${pull.number}/head`);
  });
});
