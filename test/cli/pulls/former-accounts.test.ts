import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { push, setBranch } from "../../servers/github/model/people.ts";
import { issueUserToken } from "../../servers/github/model/sign-in.ts";
import { addAccount } from "../../servers/github/model/world.ts";
import { updatePull } from "../../servers/github/pulls/pulls.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { raos } from "../../support/cli/raos.ts";
import { ACME, triage } from "../../support/specs/acme-fleet.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const agent = (version: string) => triage({ version });

let fleet: Fleet;
let folder = "";
beforeEach(async () => {
  fleet = await fleetOnGitHub({ ...ACME, "agents/acme/triage.yaml": agent("1.0.0") });
  folder = temporaryFolder();
});
afterEach(() => fleet.github.close());

const run = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  raos(folder, [...args, "--repo", `${fleet.github.url}/acme/fleet`], { GITHUB_API_URL: fleet.github.url, ...env });
const asPerson = () => ({ GITHUB_TOKEN: issueUserToken(fleet.github.world, "robin") });
const asApp = (more: Readonly<Record<string, string>> = {}) => {
  const { id, privateKey } = fleet.github.world.app;
  return { APP_ID: String(id), PRIVATE_KEY: privateKey, ...more };
};
const FORMER = { RAOS_FORMER_ACCOUNTS: "robin" };

async function outcomes(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { out, err } = await run(env, "reconcile", "--output", "json");
  expect(err).toBe("");
  const read: readonly Outcome[] = JSON.parse(out);
  return read.map(({ kind, reason, pull }) => `${kind} ${reason ?? ""} #${pull?.number ?? ""}`);
}

const write = (branch: string, files: Readonly<Record<string, string | undefined>>) =>
  push(fleet.github.world, fleet.repository, fleet.person, branch, files, "A change");

test("what RAOS opened with a person's token stays its own for the App that is told of the account", async () => {
  expect(await outcomes(asPerson())).toEqual(["opened  #1"]);
  expect(await outcomes(asApp())).toEqual(["skipped not-opened-by-raos #1"]);
  expect(await outcomes(asApp(FORMER))).toEqual(["unchanged up-to-date #1"]);
  await write("main", { "agents/acme/triage.yaml": agent("2.0.0") });
  expect(await outcomes(asApp(FORMER))).toEqual(["updated content-changed #1"]);
  expect(await outcomes(asApp(FORMER))).toEqual(["unchanged up-to-date #1"]);
});

test("a person's own commit on it is theirs, told or not", async () => {
  await outcomes(asPerson());
  await write("raos/agent/acme/triage", { "mine.txt": "mine\n" });
  expect(await outcomes(asApp(FORMER))).toEqual(["skipped not-opened-by-raos #1"]);
});

describe("what a former account opened, and is ended now", () => {
  /** A person who is not the former account closes the pull request, and deletes its branch. */
  async function close(number: number): Promise<void> {
    const { world } = fleet.github;
    const user = addAccount(world, "alex", "User");
    fleet.repository.collaborators.set("alex", "write");
    const pull = fleet.repository.pulls.get(number);
    if (pull === undefined) throw new Error(`no pull request ${number}`);
    await updatePull(world, { kind: "user", user, token: "" }, pull, { state: "CLOSED" });
    await setBranch(world, fleet.repository, user, pull.headRef, undefined);
  }

  test("counts in the limit of an hour", async () => {
    await write("main", { "raos.yaml": `${ACME["raos.yaml"]}  limits: {pullsPerHour: 1}\n` });
    await outcomes(asPerson());
    await close(1);
    await write("main", { "agents/acme/triage.yaml": agent("2.0.0") });
    const waiting = "skipped limits.pullsPerHour #";
    // The tenant's objects and the agent: the pull request that would have held both was refused.
    expect(await outcomes(asApp(FORMER))).toEqual([waiting, waiting]);
    expect(await outcomes(asApp())).toContain("opened  #2");
  });

  test("stays closed where a person closed it, until its content changes", async () => {
    await outcomes(asPerson());
    await close(1);
    expect(await outcomes(asApp(FORMER))).toEqual(["opened  #2", "skipped closed-by-a-person #1"]);
    await write("main", { "agents/acme/triage.yaml": agent("2.0.0") });
    expect(await outcomes(asApp(FORMER))).toContain("opened  #3");
  });

  test("is among what the forge lists of a week: RAOS' own, with a text to trust only where its files are as it says", async () => {
    await outcomes(asPerson());
    await close(1);
    const listed = async (logins: readonly string[], isAsWritten: boolean) => {
      const formerAccounts = { logins, isAsWritten: () => isAsWritten };
      return (await fleet.forge({ formerAccounts }).recentPulls(0)) ?? [];
    };
    expect(await listed([], true)).toEqual([]);
    const own = { number: 1, state: "closed", openedByBot: true, closedByBot: false };
    expect(await listed(["robin"], true)).toMatchObject([{ ...own, textByBot: true, botOnly: true }]);
    expect(await listed(["robin"], false)).toMatchObject([{ ...own, textByBot: false, botOnly: false }]);
  });

  test("is opened again where RAOS itself closed it", async () => {
    await outcomes(asPerson());
    await write("main", { "agents/acme/triage.yaml": undefined });
    expect(await outcomes(asPerson())).toEqual(["closed no-longer-needed #1"]);
    await write("main", { "agents/acme/triage.yaml": agent("1.0.0") });
    expect(await outcomes(asApp(FORMER))).toEqual(["opened  #2"]);
  });
});

test("raos pr adopt replaces it on GitHub", async () => {
  await outcomes(asPerson());
  expect(await run(asApp(), "pr", "adopt", "1")).toMatchObject({ code: 0, err: "" });
  expect(await outcomes(asApp())).toEqual(["opened  #2"]);
  expect(await outcomes(asApp())).toEqual(["unchanged up-to-date #2"]);
});

test("what is no login is refused", async () => {
  const env = asApp({ RAOS_FORMER_ACCOUNTS: "https://github.com/robin" });
  expect(await run(env, "reconcile")).toMatchObject({ code: 2, err: expect.stringContaining("RAOS_FORMER_ACCOUNTS") });
});
