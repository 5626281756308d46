import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { showChecks } from "../../../../src/checks/show-checks.ts";
import { reconcile } from "../../../../src/reconcile/reconcile.ts";
import type { Pull } from "../../../servers/github/model/model.ts";
import { push } from "../../../servers/github/model/people.ts";
import { addAccount } from "../../../servers/github/model/world.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../../support/forge/reviewed-fleet.ts";

const GREATER = { [TRIAGE]: agentOf("triage", "1Gi") };
const IN_PLACE = { ...FILES, "raos.yaml": `${FILES["raos.yaml"]}  generate: in-place\n` };

let fleet: ReviewedFleet;
beforeEach(async () => {
  fleet = await reviewedFleet(IN_PLACE);
});
afterEach(() => fleet.close());

const change = (files: Readonly<Record<string, string>>) =>
  push(fleet.github.world, fleet.repository, fleet.person, "main", files, "A change");
const last = (): Pull | undefined => [...fleet.repository.pulls.values()].at(-1);
const check = (pull: Pull) => fleet.runOn(pull.head);

describe("the branches of RAOS", () => {
  test.each([
    ["may not be created", "creation", "Cannot create ref due to creations being restricted."],
    ["may not be moved", "update", "Cannot update this protected ref."],
  ])("that %s by a ruleset: an outcome with GitHub's words, and nothing left behind", async (_, type, words) => {
    fleet.repository.branchRules.set("raos/", [{ type }]);
    await change(GREATER);
    const [outcome] = await reconcile(fleet.opened.world);
    expect(outcome).toMatchObject({ agent: "acme/triage", kind: "skipped", reason: "forge-protected" });
    expect(outcome?.message).toContain(words);
    fleet.repository.branchRules.clear();
    expect(await reconcile(fleet.opened.world)).toMatchObject([{ kind: "opened" }]);
  });

  test("that take signed commits alone: RAOS opens and updates its pull request", async () => {
    fleet.repository.branchRules.set("raos/", [{ type: "required_signatures" }]);
    await change(GREATER);
    expect(await reconcile(fleet.opened.world)).toMatchObject([{ kind: "opened" }]);
    await change({ [TRIAGE]: agentOf("triage", "2Gi") });
    expect(await reconcile(fleet.opened.world)).toMatchObject([{ kind: "updated" }]);
  });
});

describe("a person's branch", () => {
  test("that takes no commits but by pull requests: the check says that the files could not be committed, and why", async () => {
    const pull = await fleet.open("release/1", GREATER);
    fleet.repository.branchRules.set("release/", [{ type: "pull_request", parameters: {} }]);
    const { head } = pull;
    await showChecks(fleet.opened.world);
    expect(pull.head).toBe(head);
    expect(check(pull)?.summary).toContain("Changes must be made through a pull request");
  });

  test("that takes signed commits alone gets RAOS's, which GitHub signs, also after a merge of the default branch", async () => {
    const pull = await fleet.open("topic", GREATER);
    fleet.repository.branchRules.set("topic", [{ type: "required_signatures" }]);
    const { head } = pull;
    await showChecks(fleet.opened.world);
    expect(pull.head).not.toBe(head);
  });
});

describe("a person's draft", () => {
  test("is checked, and nobody is asked to review it", async () => {
    const pull = await fleet.open("topic", { ...GREATER });
    pull.draft = true;
    // The first commits the generated files to the branch.
    for (let round = 0; round < 2; round += 1) await showChecks(fleet.opened.world);
    await reconcile(fleet.opened.world);
    expect(check(pull)?.conclusion).toBe("success");
    expect([pull.state, pull.draft, pull.reviewers]).toEqual(["OPEN", true, []]);
  });
});

describe("CODEOWNERS", () => {
  const reviewRequests = () =>
    fleet.github.requests.filter(({ body }) => body.includes("requestReviews(")).map(({ body }) => JSON.parse(body));

  test.each([
    ["the owner of the tenant too", "deploy/ @robin\n", ["robin"], 0],
    ["somebody else", "deploy/ @casey\n", ["casey", "robin"], 1],
    ["nobody", "docs/ @casey\n", ["robin"], 1],
  ])("names %s: each is asked once", async (_, text, reviewers, requests) => {
    addAccount(fleet.github.world, "casey", "User");
    fleet.repository.collaborators.set("casey", "write");
    const tenant = FILES["tenants/acme.yaml"].replace("spec: {}", 'spec: {owners: ["@robin"]}');
    await change({ ".github/CODEOWNERS": text, "tenants/acme.yaml": tenant });
    await fleet.settle();
    fleet.github.requests.splice(0);
    await change(GREATER);
    await reconcile(fleet.opened.world);
    expect(last()?.state).toBe("OPEN");
    expect(last()?.reviewers.map(({ login }) => login)).toEqual(reviewers);
    expect(reviewRequests()).toHaveLength(requests);
  });
});
