import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { showChecks } from "../../../src/checks/show-checks.ts";
import { answerCommands } from "../../../src/commands/answer-commands.ts";
import { readAlerts } from "../../../src/domain/alert/alert-payload.ts";
import type { Outcome } from "../../../src/domain/decision.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { enqueue } from "../../servers/github/checks/merge-queue.ts";
import type { Pull } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { issueUserToken } from "../../servers/github/model/sign-in.ts";
import { addAccount } from "../../servers/github/model/world.ts";
import { addComment } from "../../servers/github/pulls/comments.ts";
import { updatePull } from "../../servers/github/pulls/pulls.ts";
import { fleetOnGitHub } from "../../servers/github/setup.ts";
import { raos } from "../../support/cli/raos.ts";
import { serve } from "../../support/cli/serve.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { UNCONFIGURED } from "../../support/forge/unconfigured.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";

/**
 * What users of other bots on GitHub complained of, by the public issue. What a tick asks for (renovate#8719) is in
 * test/reconcile/dashboard, and what a deleted repository leaves (renovate#15955) in life.test.ts.
 */

let fleet: ReviewedFleet;

describe("on a settled fleet", () => {
  beforeEach(async () => {
    fleet = await reviewedFleet(FILES);
  });
  afterEach(() => fleet.close());

  test("semantic-prs#406, gitstream#209, dcoapp/app#303: a required check is absent in the merge queue, or where there is nothing to say", async () => {
    const pull = await fleet.open("readme", { "README.md": "Our agents\n" });
    const group = await enqueue(fleet.github.world, pull);
    await showChecks(fleet.opened.world);
    expect([fleet.runOn(pull.head)?.conclusion, fleet.runOn(group.head)?.conclusion]).toEqual(["neutral", "neutral"]);
  });

  test("atlantis#3627, #2087: the right people are refused, and nothing is said", async () => {
    const { world } = fleet.github;
    const pull = await fleet.open("topic", { [TRIAGE]: agentOf("triage", "1Gi") });
    const say = async (login: string, level: "write" | "read", text: string) => {
      fleet.repository.collaborators.set(login, level);
      addComment(world, { kind: "user", user: addAccount(world, login, "User"), token: "" }, pull, text);
      await answerCommands(fleet.opened.world);
      return pull.comments.at(-1)?.body ?? "";
    };
    expect(await say("writer", "write", "/raos generate")).toContain("Committed to this branch.");
    expect(await say("reader", "read", "/raos plan")).toContain("The generated files match the specs");
    expect(await say("reader", "read", "/raos generate")).toContain("reader may not");
  });
});

const REMEDY = `apiVersion: raos.dev/v1alpha1
kind: Remedy
metadata: {name: more-replicas}
spec:
  on: {alerts: [TooFew]}
  edits: [{at: /spec/scaling/max, to: '8', as: integer, why: It helps.}]
`;
const GUARDRAIL = `apiVersion: raos.dev/v1alpha1
kind: Guardrail
metadata: {name: replicas-are-low-risk}
spec:
  causes: [alert]
  rules: [{allow: 'change == "changed" && size(edits) > 0', message: more replicas are no risk}]
`;
const SCALED = `${agentOf("triage", "768Mi")}  scaling: {min: 1, max: 4, hpa: {cpu: 70}}
  supervision: {autoMerge: low-risk, allowedPaths: [/spec/scaling]}
`;

describe("what a policy lets merge by itself", () => {
  beforeEach(async () => {
    fleet = await reviewedFleet({
      ...FILES,
      ...{ [TRIAGE]: SCALED, "policies/remedy.yaml": REMEDY, "policies/low-risk.yaml": GUARDRAIL },
    });
  });
  afterEach(() => fleet.close());

  /** A pass while the alert fires. */
  async function outcomes(): Promise<readonly Outcome[]> {
    const labels = { alertname: "TooFew", raos_agent: "triage", raos_tenant: "acme", raos_environment: "production" };
    const startsAt = new Date(Date.now() + 60_000).toISOString();
    const { alerts } = readAlerts([{ status: "firing", labels, annotations: {}, startsAt }], Date.now());
    return reconcile(fleet.opened.world, { alerts, whole: false });
  }

  /** A pass; returns the pull request that the alert led to. */
  async function pass(): Promise<Pull> {
    await outcomes();
    const pull = [...fleet.repository.pulls.values()].findLast(({ headRef }) => headRef.startsWith("raos/alert/"));
    if (pull === undefined) throw new Error("the alert led to no pull request");
    return pull;
  }

  test("parity-processbot#268: merged before late checks were registered", async () => {
    await pass();
    const pull = await pass();
    expect(pull.state).toBe("OPEN");
  });

  test.each([
    "At least 1 approving review is required by reviewers with write access.",
    "Repository rule violations found\n\nChanges must be made through the merge queue",
  ])("where a rule of the branch forbids the merge, it is said in GitHub's words: %s", async (refusal) => {
    const pull = await pass();
    fleet.repository.checks.set(pull.head, "SUCCESS");
    fleet.repository.mergeRefusal = refusal;
    const [outcome] = (await outcomes()).filter(({ cause }) => cause === "alert");
    expect([outcome?.kind, outcome?.reason]).toEqual(["skipped", "forge-protected"]);
    expect(outcome?.message).toContain(refusal.slice(-40));
    fleet.repository.mergeRefusal = undefined;
    await pass();
    expect(pull.state).toBe("MERGED");
  });

  test("a draft is left until a person marks it as ready", async () => {
    const pull = await pass();
    fleet.repository.checks.set(pull.head, "SUCCESS");
    pull.draft = true;
    const [outcome] = (await outcomes()).filter(({ cause }) => cause === "alert");
    expect([outcome?.kind, outcome?.reason, pull.state]).toEqual(["unchanged", "is-a-draft", "OPEN"]);
    pull.draft = false;
    await pass();
    expect(pull.state).toBe("MERGED");
  });

  test("probot-auto-merge#266: commit statuses are not looked at", async () => {
    const pull = await pass();
    fleet.repository.checks.set(pull.head, "FAILURE");
    await pass();
    expect(pull.state).toBe("OPEN");
    fleet.repository.checks.set(pull.head, "SUCCESS");
    await pass();
    expect(pull.state).toBe("MERGED");
  });
});

test("auto-assign#31, stale#57: silent after new permissions that nobody accepted", async () => {
  const github = await fleetOnGitHub(FILES);
  try {
    const { checks: _, ...permissions } = github.installation.permissions;
    github.installation.permissions = permissions;
    const { world, url } = github.github;
    const app = {
      APP_ID: String(world.app.id),
      PRIVATE_KEY: world.app.privateKey,
      GITHUB_API_URL: url,
      GITHUB_SERVER_URL: url,
    };
    const { out } = await raos(temporaryFolder(), ["doctor", "--output", "json"], app);
    const found = JSON.parse(out).find(({ check }: { check: string }) => check === "installation acme");
    expect([found.status, `${found.message} ${found.fix}`]).toEqual([
      "warning",
      expect.stringMatching(/checks.*pull requests have no check of RAOS[\s\S]*permissions\/update/),
    ]);
  } finally {
    await github.github.close();
  }
});

test("renovate config-help#884: a closed onboarding has no way back in", async () => {
  const github = await fleetOnGitHub(UNCONFIGURED);
  try {
    const { world, url } = github.github;
    const app = { APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey, GITHUB_API_URL: url };
    const pass = () => raos(temporaryFolder(), ["reconcile", "--repo", `${url}/acme/fleet`], app);
    await pass();
    const [pull] = [...github.repository.pulls.values()];
    if (pull === undefined) throw new Error("nobody was asked");
    const person = { kind: "user", user: github.person, token: "" } as const;
    await updatePull(world, person, pull, { title: "Not now", state: "CLOSED" });
    await pass();
    expect(pull.comments.at(-1)?.body).toContain("reopen this pull request");
    await updatePull(world, person, pull, { state: "OPEN" });
    await push(
      world,
      github.repository,
      github.person,
      "main",
      { "agents/acme/more.yaml": agentOf("more", "1Gi") },
      "More",
    );
    await pass();
    expect([pull.state, pull.body]).toEqual(["OPEN", expect.stringContaining("acme/more")]);
  } finally {
    await github.github.close();
  }
});

test("probot#1049, #1537: events are lost where a handler takes more than ten seconds", async () => {
  const github = await fleetOnGitHub(FILES);
  try {
    const { world, url, webhooks } = github.github;
    const { id, privateKey, webhookSecret } = world.app;
    const app = { APP_ID: String(id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret };
    const bot = await serve([], { ...app, GITHUB_API_URL: url, GITHUB_SERVER_URL: url });
    await waitUntil(() => github.repository.pulls.size === 2);
    webhooks.hookUrl = `${bot.url}/api/github/webhooks`;
    webhooks.keeps = true;
    // GitHub itself answers nothing for now, so that each pass hangs.
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    github.github.before = () => held;
    for (let index = 0; index < 20; index += 1)
      await push(world, github.repository, github.person, "main", { "README.md": `${index}\n` }, "Note");
    await push(world, github.repository, github.person, "main", { [TRIAGE]: agentOf("triage", "2Gi") }, "More");
    await webhooks.settled();
    expect(webhooks.deliveries.map(({ item }) => item.status_code)).toEqual(Array.from({ length: 21 }, () => 200));
    github.github.before = undefined;
    go();
    await waitFor(() => [...github.repository.pulls.values()].find(({ body }) => body.includes("2Gi")));
  } finally {
    await github.github.close();
  }
});

test("renovate/github-action#595: works with a token, 403 as the App", async () => {
  const github = await fleetOnGitHub(FILES);
  try {
    const { world, url } = github.github;
    const at = { GITHUB_API_URL: url, GITHUB_SERVER_URL: url };
    const asApp = { ...at, APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey };
    const asToken = { ...at, GITHUB_TOKEN: issueUserToken(world, "robin") };
    const plan = async (env: Readonly<Record<string, string>>) =>
      (
        await raos(
          temporaryFolder(),
          ["reconcile", "--dry-run", "--output", "json", "--repo", `${url}/acme/fleet`],
          env,
        )
      ).out;
    expect(JSON.parse(await plan(asApp))).toEqual(JSON.parse(await plan(asToken)));
    const { code } = await raos(temporaryFolder(), ["reconcile", "--repo", `${url}/acme/fleet`], asApp);
    expect([code, github.repository.pulls.size]).toEqual([0, 2]);
    expect(github.github.requests.filter(({ status }) => status === 403)).toEqual([]);
  } finally {
    await github.github.close();
  }
});
