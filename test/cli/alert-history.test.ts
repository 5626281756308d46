import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import {
  type AlertingFleet,
  agent,
  alert,
  alertingFleet,
  HOUR,
  MI,
  MINUTE,
  NOW,
  outcomeTexts,
} from "../support/cli/alerting-fleet.ts";

const DAY = 24 * HOUR;
const PERSON = { name: "Robin Doe", email: "robin@example.org" };
const RENOVATE = { name: "renovate[bot]", email: "29139614+renovate[bot]@users.noreply.github.com" };
const RELEASE = "agents/acme/triage.yaml";
const released = agent("triage").replace("triage:1.0.0", "triage:1.1.0");
const CRASH = alert("AgentRestarting", "triage");

/** Git of somebody at a moment, in the clone of a fleet. */
function gitAt({ place }: AlertingFleet, who: typeof PERSON, at: number) {
  const moment = `${Math.floor(at / 1000)} +0000`;
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: who.name,
    GIT_AUTHOR_EMAIL: who.email,
    GIT_AUTHOR_DATE: moment,
    GIT_COMMITTER_NAME: who.name,
    GIT_COMMITTER_EMAIL: who.email,
    GIT_COMMITTER_DATE: moment,
  };
  return (...args: readonly string[]) => execFileSync("git", args, { cwd: place.clone, env, stdio: "pipe" });
}

/** Somebody commits a spec at a moment, on the default branch or on another. */
function commitAt(fleet: AlertingFleet, text: string, who: typeof PERSON, at: number, branch = "main"): void {
  const git = gitAt(fleet, who, at);
  if (branch !== "main") git("checkout", "--quiet", "-b", branch);
  fleet.place.write({ [RELEASE]: text });
  git("add", "--all");
  git("commit", "--quiet", "--message=Release 1.1.0");
}

/** What was pushed is generated, and that is merged, at a moment. */
async function rollOut(fleet: AlertingFleet, at: number): Promise<void> {
  fleet.place.git("push", "--quiet", "origin", "main");
  await fleet.reconcile([], at);
  await fleet.mergeAt(at, ...(await fleet.pulls()).map(({ number }) => number));
  fleet.place.git("pull", "--quiet", "origin", "main");
}

const BACK = ["opened acme/triage crash-loop"];

describe("a release that crashes is rolled back, whoever made it and however it was merged", () => {
  test.each([
    ["a person's commit", PERSON],
    ["another bot's commit", RENOVATE],
  ])("%s", async (_, who) => {
    const fleet = await alertingFleet({ triage: agent("triage") });
    commitAt(fleet, released, who, NOW - 40 * MINUTE);
    await rollOut(fleet, NOW - 35 * MINUTE);
    expect(outcomeTexts(await fleet.reconcile([CRASH]))).toEqual(BACK);
    expect((await fleet.pulls())[0]?.title).toBe("acme/triage: image 1.1.0 → 1.0.0");
    expect((await fleet.pulls())[0]?.body).toContain("by a person: Release 1.1.0");
  });

  test("three days in review, then merged with a merge commit", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") });
    commitAt(fleet, released, PERSON, NOW - 3 * DAY, "release");
    fleet.place.git("checkout", "--quiet", "main");
    gitAt(fleet, PERSON, NOW - 40 * MINUTE)("merge", "--quiet", "--no-ff", "--message=Merge release", "release");
    await rollOut(fleet, NOW - 35 * MINUTE);
    expect(outcomeTexts(await fleet.reconcile([CRASH]))).toEqual(BACK);
  });

  test("merged three days ago; its generated files forty minutes ago", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") });
    commitAt(fleet, released, PERSON, NOW - 3 * DAY);
    await rollOut(fleet, NOW - 40 * MINUTE);
    expect(outcomeTexts(await fleet.reconcile([CRASH]))).toEqual(BACK);
  });

  test("not where it reached the default branch more than a day ago, nor where it has not been generated", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") });
    commitAt(fleet, released, PERSON, NOW - 40 * MINUTE);
    fleet.place.git("push", "--quiet", "origin", "main");
    expect(outcomeTexts(await fleet.reconcile([CRASH]))).not.toEqual(BACK);
    await rollOut(fleet, NOW - 30 * MINUTE);
    const late = alert("AgentRestarting", "triage", {}, { startsAt: new Date(NOW + 25 * HOUR).toISOString() });
    expect(outcomeTexts(await fleet.reconcile([late], NOW + 26 * HOUR))).not.toContain(BACK[0]);
  });
});

describe("a limit is raised once, and again only where that helped", () => {
  const OOM = (at: number) =>
    alert("AgentOutOfMemory", "triage", {}, { startsAt: new Date(at - 10 * MINUTE).toISOString() });
  const memory = (limit: number) => ({
    kube_pod_container_resource_limits: [limit * MI],
    working_set: [limit * MI],
    status_restarts_total: [1],
  });

  test("what was merged does not run: a report says so, and nothing is raised again", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") }, memory(512));
    await fleet.reconcile([OOM(NOW)]);
    const [pull] = await fleet.pulls();
    expect(pull?.title).toContain("memory limit 512Mi → ");
    await fleet.mergeAt(NOW, pull?.number ?? 0);
    for (const hours of [2, 4, 26, 28]) await fleet.reconcile([OOM(NOW + hours * HOUR)], NOW + hours * HOUR);
    expect(await fleet.pulls()).toEqual([]);
    const [issue] = await fleet.issues();
    expect(issue?.body).toContain("A change was found that RAOS does not make by itself.");
    expect(issue?.body).toContain("has not been rolled out: the cluster runs 512Mi");
  });

  test("a person raised it five minutes ago: it waits, and is reported only if the alert goes on", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") });
    commitAt(fleet, agent("triage").replace("512Mi", "600Mi"), PERSON, NOW - 5 * MINUTE);
    await rollOut(fleet, NOW - 4 * MINUTE);
    expect(outcomeTexts(await fleet.reconcile([OOM(NOW)]))).toEqual([
      "skipped acme/triage out-of-memory: changed-since-alert",
    ]);
    expect(outcomeTexts(await fleet.reconcile([OOM(NOW)], NOW + 2 * HOUR))).toEqual([
      "opened acme/triage out-of-memory: held-back",
    ]);
  });
});
