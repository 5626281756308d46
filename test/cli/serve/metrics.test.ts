import { expect, test } from "vitest";
import { fleetOnGitHub } from "../../servers/github/setup.ts";
import { serve } from "../../support/cli/serve.ts";
import { waitUntil } from "../../support/wait.ts";

const FILES = {
  "raos.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {environments: [{name: production}]}\n",
};

/** A metric of the service, without labels or with those of `name`. */
async function metric(url: string, name: string): Promise<number> {
  const line = (await (await fetch(`${url}/metrics`)).text()).split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

test("what the bot's own alerts read: rounds, passes, and GitHub's rate limits", async () => {
  const { github } = await fleetOnGitHub(FILES);
  try {
    const { id, privateKey, webhookSecret: WEBHOOK_SECRET } = github.world.app;
    const hosts = { GITHUB_API_URL: github.url, GITHUB_SERVER_URL: github.url };
    const began = Date.now() / 1000;
    const served = await serve([], { APP_ID: String(id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET, ...hosts });
    await waitUntil(() => served.log.some(({ msg }) => msg === "repository reconciled"));
    expect(await metric(served.url, "raos_ready")).toBe(1);
    expect(await metric(served.url, "raos_repositories")).toBe(1);
    expect(await metric(served.url, "raos_last_reconcile_timestamp_seconds")).toBeGreaterThanOrEqual(began);
    const graphql = await metric(served.url, 'raos_github_rate_limit_used_ratio{resource="graphql"}');
    expect(graphql).toBeGreaterThan(0);
    expect(graphql).toBeLessThan(0.1);
  } finally {
    await github.close();
  }
});

test("a service that cannot list its repositories is not ready, and counts none", async () => {
  const { github } = await fleetOnGitHub(FILES);
  try {
    const { privateKey, webhookSecret: WEBHOOK_SECRET } = github.world.app;
    const hosts = { GITHUB_API_URL: github.url, GITHUB_SERVER_URL: github.url };
    const served = await serve([], { APP_ID: "999999", PRIVATE_KEY: privateKey, WEBHOOK_SECRET, ...hosts });
    await waitUntil(() => served.log.some(({ msg }) => msg === "the repositories cannot be listed"));
    expect(await metric(served.url, "raos_ready")).toBe(0);
    expect(await metric(served.url, "raos_repositories")).toBe(0);
    expect((await fetch(`${served.url}/readyz`)).status).toBe(503);
  } finally {
    await github.close();
  }
});
