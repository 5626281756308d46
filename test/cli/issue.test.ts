import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { IssueProposal } from "../../src/domain/alert/incident.ts";
import { createLocalForge } from "../../src/forge/local/forge.ts";
import { openRepository } from "../../src/git/repository.ts";
import { fleetOnGitHub } from "../servers/github/setup.ts";
import { fleetClone } from "../support/cli/fleet-clone.ts";
import { raos } from "../support/cli/raos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let folder = "";
beforeEach(() => {
  folder = temporaryFolder();
});

function report(name: string): IssueProposal {
  const key = `raos/alert/acme/${name}`;
  const marker = Buffer.from(JSON.stringify({ version: 1, key })).toString("base64");
  const title = `${name}\u001b[31m runs out of memory`;
  return { key, title, body: `Why does ${name} need more?\n\n<!-- raos:issue ${marker} -->`, labels: [] };
}

/** What moves a terminal is shown, and moves nothing. */
const TITLE = "\\u{1b}[31m runs out of memory";

/** Two issues, the second closed by the bot; the address of the repository and what the environment must hold. */
const places = {
  "on disk": async () => {
    const { bare } = fleetClone();
    const repository = await openRepository(bare, { env: process.env, cache: join(folder, "cache") });
    const forge = createLocalForge(repository, { clock: Date.now });
    await forge.openIssue(report("triage"));
    await forge.closeIssue(await forge.openIssue(report("billing")), "Every alert has ended.");
    await forge.dispose();
    await repository.close();
    return { repo: bare, env: {}, end: async () => {} };
  },
  "on GitHub": async () => {
    const fleet = await fleetOnGitHub({ "raos.yaml": "kind: Config\n" });
    const forge = fleet.forge();
    await forge.openIssue(report("triage"));
    await forge.closeIssue(await forge.openIssue(report("billing")), "Every alert has ended.");
    const { id, privateKey } = fleet.github.world.app;
    const env = { APP_ID: String(id), PRIVATE_KEY: privateKey, GITHUB_API_URL: fleet.github.url };
    return { repo: `${fleet.github.url}/acme/fleet`, env, end: () => fleet.github.close() };
  },
} as const;

describe.each(["on disk", "on GitHub"] as const)("raos issue %s", (where) => {
  let place: Awaited<ReturnType<(typeof places)[typeof where]>>;
  beforeEach(async () => {
    place = await places[where]();
  });
  afterEach(() => place.end());
  const run = (...args: readonly string[]) => raos(folder, ["issue", ...args, "--repo", place.repo], place.env);

  test("lists the open ones", async () => {
    expect(await run("list")).toMatchObject({ code: 0, err: "", out: `#1    open   triage${TITLE}\n` });
  });

  test("lists the closed ones, and all", async () => {
    expect((await run("list", "--state", "closed")).out).toBe(`#2    closed billing${TITLE}\n`);
    expect((await run("list", "--state", "all")).out.split("\n")).toHaveLength(3);
    expect((await run("list", "--state", "merged")).code).toBe(2);
  });

  test("shows one as its reader sees it", async () => {
    expect(await run("show", "1")).toMatchObject({
      code: 0,
      out: `triage${TITLE}\n\nWhy does triage need more?\n`,
    });
  });

  test("says as JSON what it is", async () => {
    expect(JSON.parse((await run("list", "--state", "all", "--output", "json")).out)).toMatchObject([
      { number: 1, key: "raos/alert/acme/triage", state: "open" },
      { number: 2, state: "closed", closedByBot: true },
    ]);
    expect(JSON.parse((await run("show", "1", "--output", "json")).out)).toMatchObject({ number: 1 });
  });

  test("says that there is none of a number", async () => {
    expect(await run("show", "9")).toMatchObject({ code: 2, err: expect.stringContaining("there is no issue #9") });
  });
});

test("raos issue close closes as a person, on disk", async () => {
  const place = await places["on disk"]();
  const run = (...args: readonly string[]) => raos(folder, ["issue", ...args, "--repo", place.repo]);
  expect(await run("close", "1")).toMatchObject({ code: 0, err: "", out: "closed #1\n" });
  expect(await run("list")).toMatchObject({ out: "no issues\n" });
  expect(JSON.parse((await run("show", "1", "--output", "json")).out)).toMatchObject({
    state: "closed",
    closedByBot: false,
  });
  expect(await run("close", "9")).toMatchObject({ code: 2, err: expect.stringContaining("there is no issue #9") });
});
