import { afterEach, beforeEach, expect, test } from "vitest";
import { showChecks } from "../../../src/checks/show-checks.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { readFault } from "../../servers/github/faults/faults.ts";
import type { Repository } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { addRepository } from "../../servers/github/model/world.ts";
import { serve } from "../../support/cli/serve.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { waitUntil } from "../../support/wait.ts";

const head = "apiVersion: raos.dev/v1alpha1\nkind: Config\n";

let fleet: ReviewedFleet;
let shared: Repository;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
  const { world, root } = fleet.github;
  shared = await addRepository(world, { root, owner: "acme", name: ".github" });
});
afterEach(() => fleet.close());

const write = (repository: Repository, files: Readonly<Record<string, string>>) =>
  push(fleet.github.world, repository, fleet.person, "main", files, "A change");
const outcomes = async () =>
  (await reconcile(fleet.opened.world)).map(({ kind, reason, problems }) => reason ?? problems?.[0]?.file ?? kind);
const openTitles = () =>
  [...fleet.repository.pulls.values()].filter(({ state }) => state === "OPEN").map(({ title }) => title);

test("the organisation's limits hold for a repository that sets none, and a change of them counts at once", async () => {
  await write(shared, { "raos.yaml": `${head}spec: {limits: {openPulls: 0}}\n` });
  await write(fleet.repository, { [TRIAGE]: agentOf("triage", "1Gi") });
  expect(await outcomes()).toEqual(["limits.openPulls"]);
  await write(shared, { "raos.yaml": `${head}spec: {limits: {openPulls: 5}}\n` });
  expect(await outcomes()).toEqual(["opened"]);
  // Nothing changed: the file is asked for with a condition, which costs nothing.
  fleet.github.requests.splice(0);
  expect(await outcomes()).toEqual(["up-to-date"]);
  const asked = fleet.github.requests.filter(({ path }) => path.includes("/.github/contents/"));
  expect([...new Set(asked.map(({ status }) => status))]).toEqual([304]);
});

test("while it is broken nothing is written, and its place is named; not the last good one", async () => {
  await write(shared, { "raos.yaml": `${head}spec: {limits: {openPulls: many}}\n` });
  await write(fleet.repository, { [TRIAGE]: agentOf("triage", "1Gi") });
  expect(await outcomes()).toEqual(["acme/.github//raos.yaml"]);
  expect(openTitles()).toEqual([]);
});

test("while it is broken the checks of its repositories say so, without a line that they do not have", async () => {
  await write(shared, { "raos.yaml": `${head}spec: {limits: {openPulls: many}}\n` });
  const pull = await fleet.open("topic", { [TRIAGE]: agentOf("triage", "1Gi") });
  await showChecks(fleet.opened.world);
  const run = fleet.runOn(pull.head);
  expect([run?.conclusion, run?.title, run?.annotations]).toEqual(["failure", "1 Problem", []]);
  expect(run?.summary).toContain("acme/.github//raos.yaml");
});

test("where GitHub does not answer, nothing is guessed", async () => {
  await write(shared, { "raos.yaml": `${head}spec: {limits: {openPulls: 0}}\n` });
  await write(fleet.repository, { [TRIAGE]: agentOf("triage", "1Gi") });
  const route = "GET /repos/acme/.github/contents/raos.yaml";
  fleet.github.faults.push(readFault({ kind: "status", status: 502, times: 50, route }));
  await expect(outcomes()).rejects.toThrow();
  expect(openTitles()).toEqual([]);
});

test("what was found under another one is looked at again, also where no commit is new", async () => {
  await fleet.open("topic", { [TRIAGE]: agentOf("triage", "1Gi") });
  await showChecks(fleet.opened.world);
  expect(fleet.opened.world.checkedHeads.size).toBe(1);
  await write(shared, { "raos.yaml": `${head}spec: {labels: [ours]}\n` });
  await outcomes();
  expect(fleet.opened.world.checkedHeads.size).toBe(0);
});

test("a push to it is a push to every repository of the organisation", async () => {
  const { url, world, webhooks } = fleet.github;
  const { id, privateKey, webhookSecret } = world.app;
  await write(shared, { "raos.yaml": `${head}spec: {limits: {openPulls: 0}}\n` });
  await write(fleet.repository, { [TRIAGE]: agentOf("triage", "1Gi") });
  const app = { APP_ID: String(id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret };
  const bot = await serve([], { ...app, GITHUB_API_URL: url, GITHUB_SERVER_URL: url });
  webhooks.hookUrl = `${bot.url}/api/github/webhooks`;
  await waitUntil(() => bot.log.filter(({ msg }) => msg === "repository reconciled").length >= 2);
  expect(openTitles()).toEqual([]);
  await write(shared, { "raos.yaml": `${head}spec: {limits: {openPulls: 5}}\n` });
  await waitUntil(() => openTitles().length === 1);
});
