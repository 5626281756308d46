import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { WANTED_PERMISSIONS } from "../../../src/domain/github/app-permissions.ts";
import { latestRuns } from "../../servers/github/checks/check-runs.ts";
import { enqueue, finishGroup } from "../../servers/github/checks/merge-queue.ts";
import type { Permissions, Pull } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { addAccount, addRepository } from "../../servers/github/model/world.ts";
import { updateIssue } from "../../servers/github/pulls/issues.ts";
import { mergePull } from "../../servers/github/pulls/merging.ts";
import { updatePull } from "../../servers/github/pulls/pulls.ts";
import { fleetOnGitHub } from "../../servers/github/setup.ts";
import { raos } from "../../support/cli/raos.ts";
import { agentOf, FILES, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { UNCONFIGURED } from "../../support/forge/unconfigured.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";
import { type ServedFleet, servedFleet, serveFleet } from "./served-fleet.ts";

// What people complained about in other bots, each as a story of the whole service. 2 and 3 are in merged-too-early.test.ts.

const GREATER = { [TRIAGE]: agentOf("triage", "1Gi") };

let fleet: ServedFleet | undefined;
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
});

const checkOn = (pull: Pull, head = pull.head) =>
  waitFor(() =>
    latestRuns(pull.repository, head).find(({ name, status }) => name === "raos" && status === "completed"),
  );
const without = (permissions: Permissions, name: string): Permissions =>
  Object.fromEntries(Object.entries(permissions).filter(([one]) => one !== name));

describe("1. dcoapp/app#303, Ezard/semantic-prs#406, linear-b/gitstream#209: a required check is absent in the merge queue", () => {
  test.each([
    ["an agent", GREATER, "success"],
    ["no agent", { "README.md": "# Ours\n" }, "neutral"],
  ])("a pull request that touches %s gets through a queue that requires the check", async (_, files, conclusion) => {
    fleet = await servedFleet(FILES);
    const pull = await fleet.open("topic", files);
    expect((await checkOn(pull)).conclusion).toBe(conclusion);
    const group = await enqueue(fleet.github.world, pull);
    expect((await checkOn(pull, group.head)).conclusion).toBe(conclusion);
    expect(await finishGroup(fleet.github.world, pull, group, "raos")).toBe(true);
    expect(pull.state).toBe("MERGED");
  });
});

describe("4. probot/stale#57, kentaro-m/auto-assign#31: silent after the App asks for new permissions", () => {
  test("what needs the permission is off, the log and raos doctor say so with the link, and all else works", async () => {
    fleet = await servedFleet(FILES, ({ installation, github }) => {
      installation.permissions = without(installation.permissions, "checks");
      github.world.tokens.clear();
    });
    const pull = await fleet.open("topic", GREATER);
    expect(await fleet.ask(pull, "/raos help")).toContain("/raos plan");
    await fleet.change(GREATER);
    await fleet.own("raos/agent/");
    expect(latestRuns(fleet.repository, pull.head)).toEqual([]);
    await waitUntil(() => fleet?.served.log.some(({ msg }) => /permission/.test(msg)) === true);
    const { app } = fleet.github.world;
    const env = { APP_ID: String(app.id), PRIVATE_KEY: app.privateKey, GITHUB_API_URL: fleet.github.url };
    const { out } = await raos(temporaryFolder(), ["doctor"], { ...env, GITHUB_SERVER_URL: fleet.github.url });
    expect(out).toMatch(/checks[\s\S]*pull requests have no check of RAOS[\s\S]*\/permissions\/update/);
  });
});

describe("5. renovate config-help#884: a closed onboarding has no way back in", () => {
  test.each(["reopened", "answered with a raos.yaml"])("it says the ways back, and %s it works", async (how) => {
    const { github, person, ...plain } = await fleetOnGitHub(UNCONFIGURED);
    const bot = await serveFleet({ github, person, ...plain });
    const by = { kind: "user", user: person, token: "" } as const;
    const pull = await bot.own("raos/onboarding");
    await updatePull(github.world, by, pull, { state: "CLOSED" });
    const told = await waitFor(() => pull.comments.find(({ body }) => body.includes("To come back")));
    expect(told.body).toContain("commit a `raos.yaml`");
    if (how === "reopened") {
      await updatePull(github.world, by, pull, { state: "OPEN" });
      await mergePull(github.world, by, pull, { method: "MERGE" });
    } else
      await bot.change({
        "raos.yaml": FILES["raos.yaml"],
        "tenants/acme.yaml": FILES["tenants/acme.yaml"],
        "charts/agent/Chart.yaml": "name: agent\nversion: 0.1.0\n",
      });
    await bot.own("raos/agent/");
    await bot.served.stop();
    await github.close();
  });
});

describe("6. renovate#8719: ticked boxes are reset, and nothing is done", () => {
  const LIMITED = `${FILES["raos.yaml"]}  limits: {openPulls: 0}\n  dashboard: true\n`;

  test("a tick is acted on, or taken back with the reason", async () => {
    fleet = await servedFleet(FILES);
    const { github, repository, person, change } = fleet;
    await change({ ...GREATER, "raos.yaml": LIMITED });
    const issue = await waitFor(() =>
      [...repository.issues.values()].find(({ body }) => body.includes("### Waiting (1)")),
    );
    const tick = () => {
      const by = { kind: "user", user: person, token: "" } as const;
      const body = issue.body.replace(/- \[ \](?=.*acme\/triage)/, "- [x]");
      expect(body).not.toBe(issue.body);
      updateIssue(github.world, by, issue, { body });
    };
    // The spec changes, and nobody tells RAOS, before the box is ticked.
    const { hookUrl } = github.webhooks;
    github.webhooks.hookUrl = undefined;
    await change({ [TRIAGE]: agentOf("triage", "2Gi") });
    github.webhooks.hookUrl = hookUrl;
    tick();
    await waitUntil(() => !issue.body.includes("- [x]"));
    expect(issue.body).toMatch(/acme\/triage, by `robin`: .*since/);
    expect([...repository.pulls.values()].every(({ state }) => state !== "OPEN")).toBe(true);
    tick();
    const pull = await fleet.own("raos/agent/");
    expect(pull.title).toContain("2Gi");
    await waitUntil(() => /acme\/triage, by `robin`: Opened/.test(issue.body));
  });
});

describe("7. renovate#15955: the state of a deleted repository is used again", () => {
  test("one of the same name, made anew, gets what its own specs ask for, and no more", {
    timeout: 60_000,
  }, async () => {
    fleet = await servedFleet(FILES, () => {}, ["--interval", "1s"]);
    const { github, person } = fleet;
    const old = await fleet.open("topic", GREATER);
    await checkOn(old);
    github.world.repositories.delete("acme/fleet");
    const made = await addRepository(github.world, {
      ...{ root: join(github.root, "again"), owner: "acme", name: "fleet", collaborators: { robin: "write" } },
    });
    const { [TRIAGE]: _, "agents/acme/billing.yaml": __, ...rest } = FILES;
    await push(
      github.world,
      made,
      person,
      "main",
      { ...rest, "agents/acme/other.yaml": agentOf("other", "1Gi") },
      "New",
    );
    const pull = await fleet.own("raos/agent/");
    expect([pull.repository.id, pull.number, pull.headRef]).toEqual([made.id, 1, "raos/agent/acme/other"]);
    expect((await checkOn(pull)).conclusion).toBe("success");
    expect(await fleet.ask(pull, "/raos explain acme/triage")).toContain("There is no agent `acme/triage`");
    expect([...made.pulls.keys()]).toEqual([1]);
  });
});

describe("8. atlantis#3627, atlantis#2087: the right people are refused, and nothing is said", () => {
  test("rights are asked of GitHub each time, also without the permission for members, and a no says why", async () => {
    fleet = await servedFleet(FILES, ({ installation, github, repository }) => {
      installation.permissions = without(installation.permissions, "members");
      github.world.tokens.clear();
      addAccount(github.world, "casey", "User");
      repository.collaborators.set("casey", "read");
    });
    const pull = await fleet.open("topic", GREATER);
    expect(await fleet.ask(pull, "/raos generate", "robin")).toBe("Committed to this branch.");
    expect(await fleet.ask(pull, "/raos generate", "casey")).toContain("for people who may push to this repository");
    expect(await fleet.ask(pull, "/raos plan", "casey")).toContain("The generated files match the specs");
    // A right that is given counts at once, and so does one that is taken away.
    fleet.repository.collaborators.set("casey", "write");
    expect(await fleet.ask(pull, "/raos rebase", "casey")).toContain("no pull request of RAOS");
    const leave = () => fleet?.repository.collaborators.delete("casey");
    expect(await fleet.ask(pull, "/raos plan", "casey", leave)).toContain("casey does not");
  });
});

describe("9. probot#1049, probot#1537: events are lost, and a handler takes more than ten seconds", () => {
  test("a webhook is answered at once while a pass waits for GitHub", async () => {
    fleet = await servedFleet(FILES);
    const { github } = fleet;
    const waiting = Promise.withResolvers<void>();
    github.before = async ({ method, path }) => {
      if (method === "GET" || path === "/graphql") await waiting.promise;
    };
    await fleet.change(GREATER);
    await fleet.change({ [TRIAGE]: agentOf("triage", "2Gi") });
    await github.webhooks.settled();
    const answered = github.webhooks.deliveries.filter(({ item }) => item.event === "push");
    expect(answered.map(({ item }) => item.status_code)).toEqual([200, 200]);
    waiting.resolve();
    expect((await fleet.own("raos/agent/")).title).toContain("2Gi");
  });

  test("a push and a command that never arrive are read back", async () => {
    fleet = await servedFleet(FILES, () => {}, ["--interval", "1s"]);
    fleet.github.webhooks.deliveryFaults = { twice: 0, late: 0, lost: 1 };
    const pull = await fleet.open("topic", GREATER);
    expect(await fleet.ask(pull, "/raos plan")).toContain("Merging leads to 1 pull request");
    await fleet.change({ "agents/acme/billing.yaml": agentOf("billing", "1Gi") });
    await fleet.own("raos/agent/acme/billing");
  });
});

describe("10. renovate/github-action#595: works with a token, and answers 403 as an App", () => {
  test("with the permissions that the App asks for, and no more, GitHub refuses nothing", async () => {
    fleet = await servedFleet(FILES, ({ installation, github }) => {
      installation.permissions = Object.fromEntries(WANTED_PERMISSIONS.map(({ name, level }) => [name, level]));
      github.world.tokens.clear();
      github.requests.splice(0);
    });
    const pull = await fleet.open("topic", GREATER);
    expect((await checkOn(pull)).conclusion).toBe("success");
    expect(await fleet.ask(pull, "/raos generate")).toBe("Committed to this branch.");
    const labels = `${FILES["raos.yaml"]}  labels: [raos, agents]\n`;
    const owners = FILES["tenants/acme.yaml"].replace("spec: {}", 'spec: {owners: ["@robin", "@acme/platform"]}');
    await fleet.change({ "raos.yaml": labels, "tenants/acme.yaml": owners });
    await fleet.change({ "agents/acme/billing.yaml": agentOf("billing", "1Gi") });
    const own = await fleet.own("raos/agent/acme/billing");
    await waitUntil(() => own.teams.length === 1 && own.reviewers.length === 1 && own.labels.length > 0);
    expect(await fleet.ask(own, "/raos recreate")).toContain("Closed");
    const refused = fleet.github.requests.filter(({ status }) => status === 401 || status === 403);
    expect(refused.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    expect(fleet.served.log.filter(({ msg }) => /permission|refused/.test(msg))).toEqual([]);
  });
});
