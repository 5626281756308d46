import { afterEach, beforeEach, expect, test } from "vitest";
import { showChecks } from "../../../src/checks/show-checks.ts";
import { pressButton } from "../../servers/github/checks/check-runs.ts";
import type { Account, Pull } from "../../servers/github/model/model.ts";
import { addAccount } from "../../servers/github/model/world.ts";
import { type Served, serve } from "../../support/cli/serve.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { waitUntil } from "../../support/wait.ts";

let fleet: ReviewedFleet;
let pull: Pull;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
  pull = await fleet.open("topic", { [TRIAGE]: agentOf("triage", "1Gi") });
  await showChecks(fleet.opened.world);
});
afterEach(() => fleet.close());

/** A bot that begins now. */
function start(): Promise<Served> {
  const { url, world } = fleet.github;
  const { id, privateKey, webhookSecret } = world.app;
  const app = { APP_ID: String(id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret };
  return serve([], { ...app, GITHUB_API_URL: url, GITHUB_SERVER_URL: url });
}

/** A press that GitHub delivered to a process which ended before it acted. */
async function press(by: Account): Promise<void> {
  const { world, webhooks } = fleet.github;
  const run = fleet.runOn(pull.head);
  if (run === undefined) throw new Error("there is no check");
  webhooks.keeps = true;
  pressButton(world, fleet.repository, run, "generate", by);
  await webhooks.settled();
}

const commits = async () => (await fleet.repository.git.git("log", "--format=%s", "main..topic")).trim().split("\n");

test("a press that no process acted on is acted on by the next one, and once", async () => {
  await press(fleet.person);
  const bot = await start();
  await waitUntil(async () => (await commits()).length === 2);
  expect(await commits()).toEqual(["Generate the files of acme/triage", "A change"]);
  await bot.stop();
  const again = await start();
  await waitUntil(() => again.log.some(({ msg }) => msg === "repository reconciled"));
  expect(await again.stop()).toBe(0);
  expect(await commits()).toHaveLength(2);
});

test("who pressed has to be allowed to push when it is acted on", async () => {
  const casey = addAccount(fleet.github.world, "casey", "User");
  fleet.repository.collaborators.set("casey", "read");
  await press(casey);
  const bot = await start();
  await waitUntil(() => bot.log.some(({ msg }) => msg === "repository reconciled"));
  expect(await bot.stop()).toBe(0);
  expect(await commits()).toEqual(["A change"]);
});
