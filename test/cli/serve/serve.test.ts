import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { run } from "../../../src/cli/index.ts";
import { push } from "../../servers/github/model/people.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { serve } from "../../support/cli/serve.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";

const HELLO = "agents/acme/hello.yaml";
const FILES = {
  "raos.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {environments: [{name: production}]}\n",
  "tenants/acme.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
  [HELLO]: `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: hello, namespace: acme}
spec:
  description: Says hello
  instructions: {inline: Greet the user.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
`,
};

function app(fleet: Fleet): Readonly<Record<string, string>> {
  const { id, privateKey, webhookSecret } = fleet.github.world.app;
  const { url } = fleet.github;
  return {
    APP_ID: String(id),
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: webhookSecret,
    GITHUB_API_URL: url,
    GITHUB_SERVER_URL: url,
  };
}

async function titles(fleet: Fleet): Promise<readonly string[]> {
  const { pulls } = await fleet.forge().pullRequests([]);
  return pulls.map((pull) => pull.title).sort();
}

describe("raos serve", () => {
  test("as a GitHub App: the timer's first round opens what is due, a push updates it, and SIGTERM ends it cleanly", async () => {
    const fleet = await fleetOnGitHub(FILES);
    try {
      const served = await serve([], app(fleet));
      fleet.github.webhooks.hookUrl = `${served.url}/api/github/webhooks`;
      expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
      const [first] = await waitFor(async () => ((await titles(fleet)).length > 0 ? await titles(fleet) : undefined));
      expect(first).toContain("acme/hello");
      expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
      const { github, repository, person } = fleet;
      const other = FILES[HELLO].replaceAll("hello", "bye").replace("Greet", "Take leave of");
      await push(github.world, repository, person, "main", { "agents/acme/bye.yaml": other }, "Say goodbye");
      await waitUntil(async () => (await titles(fleet)).length === 2);
      await waitFor(async () => {
        const metrics = await (await fetch(`${served.url}/metrics`)).text();
        return /raos_outcomes_total\{kind="opened"\} 2/.test(metrics) ? true : undefined;
      });
      expect(await served.stop()).toBe(0);
      expect(served.log.at(-1)?.msg).toBe("stopped");
      expect(JSON.stringify(served.log)).not.toContain("PRIVATE KEY");
    } finally {
      await fleet.github.close();
    }
  });

  test("a folder is served without any credential, and no webhook is let in", async () => {
    const place = fleetClone();
    const served = await serve(["--repo", place.bare], {});
    await waitUntil(() => served.log.some((line) => line.msg === "repository reconciled"));
    expect(place.files("raos/agent/support/hello")).toContain("deploy/staging/support/hello/values.yaml");
    const headers = {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": "1",
      "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
    };
    const knock = await fetch(`${served.url}/api/github/webhooks`, { method: "POST", headers, body: "{}" });
    expect(knock.status).toBe(400);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ["without a webhook secret", [], { APP_ID: "1", PRIVATE_KEY: "x" }, "WEBHOOK_SECRET"],
    ["without a credential", [], { WEBHOOK_SECRET: "s" }, "GITHUB_TOKEN"],
    ["with a token and no repository", [], { WEBHOOK_SECRET: "s", GITHUB_TOKEN: "t" }, "--repo"],
    ["with an interval that is none", ["--interval", "soon", "--repo", "."], {}, "30s, 10m or 1h"],
    ["with a port that is none", ["--port", "x", "--repo", "."], {}, "port"],
  ])("%s it does not start, and says what to set", async (_name, argv, env, said) => {
    let err = "";
    const code = await run(["serve", ...argv], {
      env: { PATH: process.env.PATH, ...env },
      cwd: "/",
      terminal: false,
      input: () => Readable.from([]),
      out: () => {},
      err: (text) => {
        err += text;
      },
      now: Date.now,
      signal: AbortSignal.abort(),
      hold: () => {},
    });
    expect([code, err]).toEqual([2, expect.stringContaining(said)]);
  });
});
