import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { showChecks } from "../../../../src/checks/show-checks.ts";
import { answerCommands } from "../../../../src/commands/answer-commands.ts";
import type { PullRequest } from "../../../../src/domain/pull-request.ts";
import { type Merged, mergeVerified } from "../../../../src/reconcile/merge-verified.ts";
import { planSteps } from "../../../../src/reconcile/plan-steps.ts";
import { reconcile } from "../../../../src/reconcile/reconcile.ts";
import { finishGroup } from "../../../servers/github/checks/merge-queue.ts";
import type { Pull } from "../../../servers/github/model/model.ts";
import { push } from "../../../servers/github/model/people.ts";
import { addComment } from "../../../servers/github/pulls/comments.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../../support/forge/reviewed-fleet.ts";

const GREATER = { [TRIAGE]: agentOf("triage", "1Gi") };

let fleet: ReviewedFleet;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
});
afterEach(() => fleet.close());

const rule = (type: string, parameters: object = {}) =>
  fleet.repository.branchRules.set("main", [{ type, parameters }]);

/** RAOS's open pull request, whose checks pass. */
async function opened(): Promise<Pull> {
  await push(fleet.github.world, fleet.repository, fleet.person, "main", GREATER, "1Gi");
  await reconcile(fleet.opened.world);
  const pull = [...fleet.repository.pulls.values()].findLast(({ state }) => state === "OPEN");
  if (pull === undefined) throw new Error("no pull request");
  fleet.repository.checks.set(pull.head, "SUCCESS");
  return pull;
}

/** What comes of merging it as a policy does. */
async function merge(pull: Pull): Promise<Merged> {
  const { world } = fleet.opened;
  const seen: PullRequest | undefined = await fleet.opened.forge.pull(pull.number);
  const { base, steps } = await planSteps(world, { isDryRun: true });
  for await (const { proposal } of steps)
    if (proposal?.branch === pull.headRef && seen !== undefined) return mergeVerified(world, base, seen, proposal);
  throw new Error("not planned");
}

async function why(pull: Pull): Promise<string> {
  addComment(fleet.github.world, { kind: "user", user: fleet.person, token: "" }, pull, "/raos why");
  await answerCommands(fleet.opened.world);
  return pull.comments.at(-1)?.body ?? "";
}

const review = { required_approving_review_count: 1 };
const checks = (...names: readonly string[]) => ({
  strict_required_status_checks_policy: false,
  required_status_checks: names.map((context) => ({ context })),
});

describe("a pull request of RAOS that a policy accepts", () => {
  test("waits for the review that a ruleset requires, and says so; approved, it is merged", async () => {
    const pull = await opened();
    rule("pull_request", review);
    expect(await merge(pull)).toEqual({ kind: "unchanged", reason: "review-required" });
    expect(await why(pull)).toContain("the rules of the branch require a review");
    pull.reviews.set("robin", "CHANGES_REQUESTED");
    expect(await merge(pull)).toEqual({ kind: "unchanged", reason: "changes-requested" });
    pull.reviews.set("robin", "APPROVED");
    expect(await merge(pull)).toEqual({ kind: "merged", reason: "low-risk" });
    expect(pull.state).toBe("MERGED");
  });

  test("waits for a required check that nothing reported, and names it", async () => {
    const pull = await opened();
    rule("required_status_checks", checks("ci", "security/scan"));
    const held = await merge(pull);
    expect(held).toMatchObject({ kind: "unchanged", reason: "checks-missing" });
    expect(held.message).toMatch(/^The rules of the branch require `security\/scan`, which has not passed/);
    expect(await why(pull)).toContain("`security/scan`");
  });

  test("stays a draft where a person made it one, and is kept up to date", async () => {
    const pull = await opened();
    pull.draft = true;
    expect(await merge(pull)).toEqual({ kind: "unchanged", reason: "is-a-draft" });
    await push(
      fleet.github.world,
      fleet.repository,
      fleet.person,
      "main",
      { [TRIAGE]: agentOf("triage", "2Gi") },
      "2Gi",
    );
    expect(await reconcile(fleet.opened.world)).toMatchObject([{ kind: "updated" }]);
    expect([pull.state, pull.draft]).toEqual(["OPEN", true]);
  });

  test("is left to GitHub where a person turned on auto-merge", async () => {
    const pull = await opened();
    pull.autoMergeBy = fleet.person;
    expect(await merge(pull)).toEqual({ kind: "unchanged", reason: "auto-merge" });
    expect(await why(pull)).toContain("Somebody turned on auto-merge");
  });

  test("goes into the merge queue once, which merges it", async () => {
    const pull = await opened();
    rule("merge_queue");
    expect(await merge(pull)).toEqual({ kind: "updated", reason: "enqueued" });
    expect(await merge(pull)).toEqual({ kind: "unchanged", reason: "in-merge-queue" });
    const main = (await fleet.repository.git.resolve("refs/heads/main")) ?? "";
    const ref = `refs/heads/gh-readonly-queue/main/pr-${pull.number}-${main}`;
    const head = (await fleet.repository.git.resolve(ref)) ?? "";
    await showChecks(fleet.opened.world);
    expect(await finishGroup(fleet.github.world, pull, { ref, head, base: main }, "raos")).toBe(true);
    expect(pull.state).toBe("MERGED");
  });

  test("is merged where commits have to be signed: GitHub signs those of RAOS", async () => {
    const pull = await opened();
    fleet.repository.branchRules.set("", [{ type: "required_signatures" }]);
    expect(await merge(pull)).toEqual({ kind: "merged", reason: "low-risk" });
  });

  test("a rule that GitHub names only when it refuses: in its own words", async () => {
    const pull = await opened();
    fleet.github.before = async ({ body }) => {
      if (body.includes("mergePullRequest")) rule("pull_request", review);
    };
    await expect(merge(pull)).rejects.toMatchObject({
      code: "protected",
      message: expect.stringContaining("At least 1 approving review is required by reviewers with write access."),
    });
    expect(pull.state).toBe("OPEN");
  });
});
