import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Repository } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { addRepository } from "../../servers/github/model/world.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { serve } from "../../support/cli/serve.ts";
import { agentOf, FILES, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { waitUntil } from "../../support/wait.ts";

vi.setConfig({ testTimeout: 300_000 });

const REPOSITORIES = 60;

let fleet: Fleet;
const repositories: Repository[] = [];
beforeEach(async () => {
  fleet = await fleetOnGitHub({ "README.md": "The first\n" });
  const { world, root } = fleet.github;
  repositories.push(fleet.repository);
  for (let index = 1; index < REPOSITORIES; index += 1) {
    const one = await addRepository(world, {
      ...{ root, owner: "acme", name: `fleet-${index}`, collaborators: { robin: "write" } },
    });
    await push(world, one, fleet.person, "main", { "README.md": `Number ${index}\n` }, "Begin");
    repositories.push(one);
  }
});
afterEach(() => fleet.github.close());

test("an idle round over many repositories writes nothing, and asks only what costs nothing; one that changes is served at once", async () => {
  const { world, url, webhooks } = fleet.github;
  const { id, privateKey, webhookSecret } = world.app;
  const env = {
    APP_ID: String(id),
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: webhookSecret,
    GITHUB_API_URL: url,
    GITHUB_SERVER_URL: url,
  };
  const bot = await serve(["--interval", "10s", "--log-level", "debug"], env);
  webhooks.hookUrl = `${bot.url}/api/github/webhooks`;
  const rounds = () =>
    bot.log.filter(({ msg }) => msg === "repository reconciled" || msg === "nothing has changed").length;
  await waitUntil(() => rounds() >= REPOSITORIES, 2000);
  // What the first round wrote into caches may be news to the second.
  await waitUntil(() => rounds() >= 2 * REPOSITORIES, 2000);
  fleet.github.requests.splice(0);
  const before = rounds();
  await waitUntil(() => rounds() >= before + REPOSITORIES, 2000);
  const sent = fleet.github.requests.filter(({ path }) => !path.includes("access_tokens"));
  expect(sent.filter(({ method }) => method !== "GET" && method !== "POST")).toEqual([]);
  const perRepository = sent.filter(({ path }) => path.startsWith("/repos/acme/fleet"));
  expect(perRepository.length).toBeGreaterThan(REPOSITORIES);
  expect(new Set(perRepository.map(({ status }) => status))).toEqual(new Set([304]));

  const last = repositories.at(-1);
  if (last === undefined) throw new Error("no repository");
  await push(world, last, fleet.person, "main", { ...FILES, [TRIAGE]: agentOf("triage", "1Gi") }, "Agents");
  await waitUntil(() => last.pulls.size === 2, 400);
  expect(repositories.filter(({ pulls }) => pulls.size > 0)).toEqual([last]);
  await bot.stop();
});
