import { afterEach, beforeEach, expect, test } from "vitest";
import { type Opened, openWorld } from "../../../src/app/world/open-world.ts";
import { showChecks } from "../../../src/checks/show-checks.ts";
import type { Forge } from "../../../src/forge/forge.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { latestRuns } from "../../servers/github/checks/check-runs.ts";
import type { Pull } from "../../servers/github/model/model.ts";
import { push, setBranch } from "../../servers/github/model/people.ts";
import { mergePull } from "../../servers/github/pulls/merging.ts";
import { createPull, updatePull } from "../../servers/github/pulls/pulls.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { shellFor } from "../../support/cli/raos.ts";
import { specOf, UNCONFIGURED } from "../../support/forge/unconfigured.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

let fleet: Fleet;
let opened: Opened<Forge>;
beforeEach(async () => {
  fleet = await fleetOnGitHub(UNCONFIGURED);
  const { world, url } = fleet.github;
  const env = { APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey, GITHUB_API_URL: url };
  opened = await openWorld(shellFor(temporaryFolder(), Date.now, env), `${url}/acme/fleet`);
});
afterEach(async () => {
  await opened.close();
  await fleet.github.close();
});

const caller = () => ({ kind: "user", user: fleet.person, token: "" }) as const;
const pulls = (): readonly Pull[] => [...fleet.repository.pulls.values()];
const outcomes = async () => (await reconcile(opened.world)).map(({ cause, kind, reason }) => [cause, kind, reason]);

async function onboarding(): Promise<Pull> {
  await reconcile(opened.world);
  const [pull] = pulls();
  if (pull === undefined) throw new Error("no pull request");
  return pull;
}

const setState = (pull: Pull, state: "OPEN" | "CLOSED") => updatePull(fleet.github.world, caller(), pull, { state });
const commit = (branch: string, files: Readonly<Record<string, string>>) =>
  push(fleet.github.world, fleet.repository, fleet.person, branch, files, "A change");

test("opened once; merged by a person, what it listed comes", async () => {
  const pull = await onboarding();
  expect([pull.title, pull.headRef]).toEqual(["Configure RAOS", "raos/onboarding"]);
  expect(await outcomes()).toEqual([["onboarding", "unchanged", "up-to-date"]]);
  const listed = [...pull.body.matchAll(/^1\. (.*)$/gm)].map(([, title]) => (title ?? "").replaceAll("\\", ""));
  await mergePull(fleet.github.world, caller(), pull, { method: "SQUASH" });
  await reconcile(opened.world);
  const titles = pulls()
    .filter(({ state }) => state === "OPEN")
    .map(({ title }) => title);
  expect(titles.toSorted()).toEqual(listed.toSorted());
  expect(titles).toHaveLength(2);
});

test("closed, also with its branch deleted: one comment says how to come back, and nothing else is written", async () => {
  const pull = await onboarding();
  await setState(pull, "CLOSED");
  await setBranch(fleet.github.world, fleet.repository, fleet.person, "raos/onboarding", undefined);
  expect(await outcomes()).toEqual([["onboarding", "skipped", "closed-by-a-person"]]);
  await commit("main", { "agents/acme/more.yaml": specOf("more") });
  expect(await outcomes()).toEqual([["onboarding", "skipped", "closed-by-a-person"]]);
  expect(pulls()).toHaveLength(1);
  expect(pull.comments.map(({ body }) => body)).toEqual([expect.stringContaining("reopen this pull request")]);
});

test("renamed and closed is closed: the title says nothing", async () => {
  const pull = await onboarding();
  await updatePull(fleet.github.world, caller(), pull, { title: "Not now", state: "CLOSED" });
  expect(await outcomes()).toEqual([["onboarding", "skipped", "closed-by-a-person"]]);
  expect(pulls()).toHaveLength(1);
});

test("reopened: it follows the specs again", async () => {
  const pull = await onboarding();
  await setState(pull, "CLOSED");
  await reconcile(opened.world);
  await setState(pull, "OPEN");
  await commit("main", { "agents/acme/more.yaml": specOf("more") });
  expect(await outcomes()).toEqual([["onboarding", "updated", "text-changed"]]);
  expect(pull.body).toContain("acme/more");
});

test("a raos.yaml by a person's commit: it is closed", async () => {
  const pull = await onboarding();
  await commit("main", { "raos.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {}\n" });
  await reconcile(opened.world);
  expect(pull.state).toBe("CLOSED");
});

test("a person's branch of that name is not written over", async () => {
  const { world } = fleet.github;
  const head = await push(world, fleet.repository, fleet.person, "raos/onboarding", { x: "1\n" }, "Mine", {
    from: fleet.base ?? "",
  });
  const mine = await createPull(world, caller(), fleet.repository, {
    ...{
      title: "Mine",
      body: "",
      baseRef: "main",
      draft: false,
      headRef: "raos/onboarding",
      headRepository: fleet.repository,
    },
  });
  expect(await outcomes()).toEqual([["onboarding", "skipped", "not-opened-by-raos"]]);
  expect([mine.head, pulls().length]).toEqual([head, 1]);
});

test("no check is shown until it is merged", async () => {
  const pull = await onboarding();
  expect(await showChecks(opened.world)).toBe(0);
  expect(latestRuns(fleet.repository, pull.head)).toEqual([]);
});
