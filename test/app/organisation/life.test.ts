import { afterEach, expect, test } from "vitest";
import type { Pull } from "../../servers/github/model/model.ts";
import { archiveRepository, deleteRepository, push, renameRepository } from "../../servers/github/model/people.ts";
import { addRepository } from "../../servers/github/model/world.ts";
import { updateIssue } from "../../servers/github/pulls/issues.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { type Served, serve } from "../../support/cli/serve.ts";
import { agentOf, FILES, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";

const TOKEN = "not-a-secret-token";

let fleet: Fleet;
afterEach(() => fleet.github.close());

async function start(): Promise<Served> {
  fleet = await fleetOnGitHub(FILES);
  const { url, world, webhooks } = fleet.github;
  const { id, privateKey, webhookSecret } = world.app;
  const app = { APP_ID: String(id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret, ALERTS_TOKEN: TOKEN };
  const bot = await serve([], { ...app, GITHUB_API_URL: url, GITHUB_SERVER_URL: url });
  webhooks.hookUrl = `${bot.url}/api/github/webhooks`;
  await waitUntil(() => openPulls().length === 2);
  return bot;
}

const openPulls = (): readonly Pull[] => [...fleet.repository.pulls.values()].filter(({ state }) => state === "OPEN");
const reconciled = (bot: Served) => bot.log.filter(({ msg }) => msg === "repository reconciled").length;
const commit = (memory: string) =>
  push(fleet.github.world, fleet.repository, fleet.person, "main", { [TRIAGE]: agentOf("triage", memory) }, "Memory");

/** Sends an alert that leads to an issue. */
async function alert(bot: Served): Promise<void> {
  const labels = {
    alertname: "AgentSecretMissing",
    raos_agent: "triage",
    raos_tenant: "acme",
    raos_environment: "production",
  };
  const startsAt = new Date(Date.now() - 60_000).toISOString();
  await fetch(`${bot.url}/api/alerts`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ version: "4", alerts: [{ status: "firing", labels, annotations: {}, startsAt }] }),
  });
}

test("renamed: it goes on under its new name, with the alerts that fire there, and the old one is quiet", async () => {
  const bot = await start();
  await alert(bot);
  const issue = await waitFor(() => [...fleet.repository.issues.values()][0]);
  renameRepository(fleet.github.world, fleet.repository, fleet.person, "agents");
  await waitUntil(() => bot.log.some(({ msg }) => msg === "repository renamed"));
  await commit("1Gi");
  await waitUntil(() => openPulls().some(({ title }) => title.startsWith("Deploy acme/triage") && title !== ""));
  const before = reconciled(bot);
  await commit("2Gi");
  await waitUntil(() => reconciled(bot) > before);
  expect(openPulls()).toHaveLength(2);
  // The alert still fires: its issue stays open, and there is no second one.
  expect([issue.state, fleet.repository.issues.size]).toEqual(["OPEN", 1]);
  const failed = bot.log.filter(({ msg }) => msg.startsWith("repository not reconciled"));
  expect(failed).toEqual([]);
});

test("renovate#15955: of a deleted repository nothing is reused by another one of its name", async () => {
  const bot = await start();
  await alert(bot);
  const issue = await waitFor(() => [...fleet.repository.issues.values()][0]);
  const { world, root } = fleet.github;
  // A person closed it, which RAOS would remember for 90 days.
  updateIssue(world, { kind: "user", user: fleet.person, token: "" }, issue, { state: "CLOSED" });
  await commit("1Gi");
  deleteRepository(world, fleet.repository, fleet.person);
  await waitUntil(() => bot.log.some(({ msg }) => msg === "repository served no more"));
  const next = await addRepository(world, {
    root: `${root}/again`,
    owner: "acme",
    name: "fleet",
    collaborators: { robin: "write" },
  });
  await push(world, next, fleet.person, "main", FILES, "Begin anew");
  archiveRepository(world, next, fleet.person, false);
  await waitUntil(() => [...next.pulls.values()].filter(({ state }) => state === "OPEN").length === 2);
  // No alert of the old one is acted on here; a new one is, whatever a person said of the old one's.
  expect(next.issues.size).toBe(0);
  await alert(bot);
  await waitUntil(() => next.issues.size === 1);
});

test("archived: nothing is written and nothing fails; back again it goes on", async () => {
  const bot = await start();
  archiveRepository(fleet.github.world, fleet.repository, fleet.person);
  await waitUntil(() => bot.log.some(({ msg }) => msg === "repository served no more"));
  fleet.github.requests.splice(0);
  await commit("1Gi");
  await fleet.github.webhooks.settled();
  // A pass that was under way may still have read something.
  expect(fleet.github.requests.filter(({ method, body }) => method !== "GET" && !body.includes("query "))).toEqual([]);
  archiveRepository(fleet.github.world, fleet.repository, fleet.person, false);
  await waitUntil(() => openPulls().some(({ body }) => body.includes("1Gi")));
  expect(bot.log.filter(({ msg }) => msg.startsWith("repository not reconciled"))).toEqual([]);
});
