import { afterEach, expect, test } from "vitest";
import { latestRuns } from "../../servers/github/checks/check-runs.ts";
import { enqueue, finishGroup } from "../../servers/github/checks/merge-queue.ts";
import type { CheckRun, Issue, Pull } from "../../servers/github/model/model.ts";
import { push, renameRepository } from "../../servers/github/model/people.ts";
import { install } from "../../servers/github/model/world.ts";
import { updateIssue } from "../../servers/github/pulls/issues.ts";
import { mergePull } from "../../servers/github/pulls/merging.ts";
import { updatePull } from "../../servers/github/pulls/pulls.ts";
import { serve } from "../../support/cli/serve.ts";
import { specOf } from "../../support/forge/unconfigured.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";
import { type Organisation, registerApp, startOrganisation } from "./organisation.ts";

const TRIAGE = "agents/acme/triage.yaml";
const BILLING = "agents/acme/billing.yaml";
const MEMORY = "  runtime: {resources: {limits: {memory: 1Gi}}}\n";
const LARGER = specOf("triage", MEMORY);

let acme: Organisation;
afterEach(() => acme.github.close());

const pushTo = (name: string, files: Readonly<Record<string, string>>) =>
  push(acme.github.world, acme.repository(name), acme.person("owner"), "main", files, "A change");
const issueIn = (name: string, title: string): Issue | undefined =>
  [...acme.repository(name).issues.values()].find((issue) => issue.title === title);
const checkOn = (pull: Pull, head = pull.head): CheckRun | undefined =>
  latestRuns(pull.repository, head).find(({ name, status }) => name === "raos" && status === "completed");
const ownPulls = (name: string): readonly Pull[] =>
  [...acme.repository(name).pulls.values()].filter(({ author, state }) => author.type === "Bot" && state === "OPEN");
const merge = (by: string, pull: Pull) => mergePull(acme.github.world, acme.as(by), pull, { method: "MERGE" });
const answered = (pull: Pull, count: number) =>
  waitFor(() => (acme.answers(pull).length >= count ? acme.answers(pull).at(-1) : undefined));

/** Ticks the box whose line holds a text. */
function tick(by: string, issue: Issue, text: string): void {
  const lines = issue.body.split("\n").map((line) => (line.includes(text) ? line.replace("- [ ]", "- [x]") : line));
  updateIssue(acme.github.world, acme.as(by), issue, { body: lines.join("\n") });
}

test("an organisation of 30 repositories, from nothing", { timeout: 240_000 }, async () => {
  acme = await startOrganisation();
  const { world, webhooks } = acme.github;

  // An owner makes an App and installs it on the organisation; an operator starts the bot with what was written.
  const credentials = await registerApp(acme);
  const installation = install(world, acme.account, world.app.permissions);
  const bot = await serve([], credentials);
  webhooks.hookUrl = `${bot.url}/api/github/webhooks`;

  // Each repository with agents introduces itself, and no other: neither the archived one, nor the fork.
  await waitUntil(() => ["fleet", "search", "sales", "ledger"].every((name) => ownPulls(name).length === 1));
  const asked = [...world.repositories.values()].filter(({ pulls }) => pulls.size > 0).map(({ name }) => name);
  expect(asked.toSorted()).toEqual(["fleet", "ledger", "sales", "search"]);
  const [configure] = ownPulls("fleet");
  const [unwanted] = ownPulls("search");
  if (configure === undefined || unwanted === undefined) throw new Error("nobody was asked");
  expect(configure.title).toBe("Configure RAOS");

  // One says no; it is told how to come back, and stays alone.
  await updatePull(world, acme.as("writer"), unwanted, { state: "CLOSED" });
  expect(await answered(unwanted, 1)).toContain("reopen this pull request");

  // One says yes; what was listed comes, and is merged.
  await merge("owner", configure);
  await waitUntil(() => ownPulls("fleet").length === 2);
  for (const pull of ownPulls("fleet")) await merge("owner", pull);

  // A person's pull request with a mistake: the check names its line.
  const change = await acme.propose("writer", "fleet", "more-memory", { [TRIAGE]: LARGER.replace("1Gi", "1Gx") });
  const failed = await waitFor(() => checkOn(change));
  expect([failed.conclusion, failed.annotations]).toEqual([
    "failure",
    [expect.objectContaining({ path: TRIAGE, start_line: 9, message: expect.stringContaining("1Gi") })],
  ]);

  // Mended, it says what would follow; asked, it generates in place, and nothing is left to follow.
  await acme.amend("writer", change, { [TRIAGE]: LARGER });
  const mended = await waitFor(() => checkOn(change));
  expect([mended.conclusion, mended.title]).toEqual(["success", "Merging leads to 1 pull request"]);
  acme.say("writer", change, "Looks good.\n/raos generate");
  expect(await answered(change, 1)).toBe("Committed to this branch.");
  expect(await waitFor(() => checkOn(change))).toMatchObject({ title: "The generated files match the specs" });

  // The merge queue waits for the same check on its group.
  const group = await enqueue(world, change);
  await waitFor(() => checkOn(change, group.head));
  expect(await finishGroup(world, change, group, "raos")).toBe(true);
  expect(await change.repository.git.git("show", "main:deploy/production/acme/triage/values.yaml")).toContain("1Gi");

  // Who may push is obeyed, who may read is answered, a stranger is refused in words.
  const next = await acme.propose("owner", "fleet", "less", { [TRIAGE]: LARGER.replace("1Gi", "768Mi") });
  for (const [index, [by, command, answer]] of (
    [
      ["owner", "/raos plan", "Merging leads to 1 pull request"],
      ["writer", "/raos generate", "Committed to this branch."],
      ["reader", "/raos plan", "The generated files match the specs"],
      ["reader", "/raos generate", "reader may not"],
      ["stranger", "/raos generate", "stranger may not"],
    ] as const
  ).entries()) {
    acme.say(by, next, command);
    expect(await answered(next, index + 1)).toContain(answer);
  }

  // The whole is on one issue; what waits there is opened by a tick.
  const config = await acme.repository("fleet").git.git("show", "main:raos.yaml");
  const limited = `${config.trimEnd()}\n  limits: {openPulls: 0}\n  dashboard: true\n`;
  await pushTo("fleet", { "raos.yaml": limited, [BILLING]: specOf("billing", MEMORY) });
  const dashboard = await waitFor(() => issueIn("fleet", "RAOS dashboard"));
  await waitUntil(() => dashboard.body.includes("### Waiting (1)"));
  tick("writer", dashboard, "acme/billing");
  await waitUntil(() => ownPulls("fleet").some(({ title }) => title.startsWith("acme/billing")));
  expect(await waitFor(() => /- open acme\/billing, by `writer`: .*/.exec(dashboard.body)?.[0])).toContain("Opened");

  // Renamed, it goes on.
  renameRepository(world, acme.repository("fleet"), acme.person("owner"), "agents");
  acme.say("owner", next, "/raos plan");
  expect(await answered(next, 6)).toContain("The generated files match the specs");

  // Suspended, it is silent; afterwards it answers what was asked meanwhile.
  installation.suspendedAt = new Date(world.now()).toISOString();
  world.emit({ kind: "installation", action: "suspend", installation, actor: acme.account });
  acme.say("owner", next, "/raos why");
  const before = acme.github.requests.filter(({ method, status }) => method !== "GET" && status < 300).length;
  await webhooks.settled();
  expect(acme.answers(next)).toHaveLength(6);
  installation.suspendedAt = undefined;
  world.emit({ kind: "installation", action: "unsuspend", installation, actor: acme.account });
  expect(await answered(next, 7)).toContain("nothing to say about this");
  expect(acme.github.requests.length).toBeGreaterThan(before);

  // In all this time nothing was written where nobody asked for it.
  const touched = [...world.repositories.values()].filter(({ pulls, issues }) => pulls.size + issues.size > 0);
  expect(touched.map(({ name }) => name).toSorted()).toEqual(["agents", "ledger", "sales", "search"]);
  expect(await bot.stop()).toBe(0);
});
