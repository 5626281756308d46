import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Repository } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { addRepository } from "../../servers/github/model/world.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { serve } from "../../support/cli/serve.ts";
import { agentOf, FILES, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { waitUntil } from "../../support/wait.ts";

vi.setConfig({ testTimeout: 120_000 });

const TOKEN = "t0ken-of-argocd";
let fleet: Fleet;
let other: Repository;
beforeEach(async () => {
  fleet = await fleetOnGitHub({ "README.md": "The first\n" });
  const { world, root } = fleet.github;
  other = await addRepository(world, { root, owner: "acme", name: "other", collaborators: { robin: "write" } });
  await push(world, other, fleet.person, "main", { "README.md": "The second\n" }, "Begin");
});
afterEach(() => fleet.github.close());

test("an event costs nothing where nothing is waited for; where a webhook was lost, it is served", async () => {
  const { world, url } = fleet.github;
  const { id, privateKey, webhookSecret } = world.app;
  const app = { APP_ID: String(id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret };
  const bot = await serve(["--log-level", "debug"], {
    ...{ ...app, GITHUB_API_URL: url, GITHUB_SERVER_URL: url, ROLLOUTS_TOKEN: TOKEN },
  });
  const ring = (repository: string) =>
    fetch(`${bot.url}/api/rollouts`, {
      ...{ method: "POST", headers: { authorization: `Bearer ${TOKEN}` } },
      body: JSON.stringify({ metadata: { repository } }),
    });
  const said = (message: string) => bot.log.filter(({ msg }) => msg === message).length;
  await waitUntil(() => said("repository reconciled") === 2, 400);
  fleet.github.requests.splice(0);
  expect((await ring("https://github.example/acme/fleet.git")).status).toBe(200);
  await waitUntil(() => said("nothing has changed") === 1, 400);
  const asked = fleet.github.requests.filter(({ path }) => path.startsWith("/repos/"));
  expect(asked.length).toBeGreaterThan(0);
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([304]));
  expect(asked.filter(({ path }) => path.startsWith("/repos/acme/other"))).toEqual([]);

  await push(world, other, fleet.person, "main", { ...FILES, [TRIAGE]: agentOf("triage", "1Gi") }, "Agents");
  expect(other.pulls.size).toBe(0);
  expect((await ring("acme/other")).status).toBe(200);
  await waitUntil(() => other.pulls.size > 0, 400);
  await bot.stop();
});
