import { afterEach, expect, test } from "vitest";
import { showChecks } from "../../src/checks/show-checks.ts";
import { push } from "../servers/github/model/people.ts";
import { addAccount, addRepository } from "../servers/github/model/world.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../support/forge/reviewed-fleet.ts";

const CONFIG = FILES["raos.yaml"];
const VALUES = "deploy/production/acme/triage/values.yaml";
const GREATER = { [TRIAGE]: agentOf("triage", "1Gi") };

let fleet: ReviewedFleet;
afterEach(() => fleet.close());

const inPlace = () => reviewedFleet({ ...FILES, "raos.yaml": `${CONFIG}  generate: in-place\n` });
const show = (options = {}) => showChecks(fleet.opened.world, options);
const textOn = (branch: string, path: string) => fleet.repository.git.git("show", `${branch}:${path}`);
const commitsOn = async (branch: string) =>
  (await fleet.repository.git.git("log", "--format=%an: %s", `main..${branch}`)).trim().split("\n");

test("with generate: in-place, spec and deployment are on the person's own branch, and nothing follows", async () => {
  fleet = await inPlace();
  await fleet.open("more-memory", GREATER);
  await show();
  expect(await commitsOn("more-memory")).toEqual([
    "raos-test[bot]: Generate the files of acme/triage",
    "robin: A change",
  ]);
  expect(await textOn("more-memory", VALUES)).toContain("1Gi");
  await show();
  const [pull] = [...fleet.repository.pulls.values()].slice(-1);
  expect(fleet.runOn(pull?.head ?? "")).toMatchObject({
    conclusion: "success",
    title: "The generated files match the specs",
  });
  expect(await show()).toBe(0);
});

test("where main changed the same files, it is merged into the branch first", async () => {
  fleet = await inPlace();
  await fleet.open("more-memory", { [TRIAGE]: agentOf("triage", "1Gi") });
  const described = agentOf("triage", "768Mi").replace("description: Sorts", "description: Sorts mail");
  const { world } = fleet.github;
  await push(world, fleet.repository, fleet.person, "main", { [TRIAGE]: described }, "Words");
  await fleet.settle();
  await show();
  expect((await commitsOn("more-memory"))[0]).toBe("raos-test[bot]: Merge branch 'main' into more-memory");
  await show();
  expect((await commitsOn("more-memory"))[0]).toBe("raos-test[bot]: Generate the files of acme/triage");
  expect(await textOn("more-memory", VALUES)).toContain("Sorts mail");
});

test("never where the pull request has Problems", async () => {
  fleet = await inPlace();
  await fleet.open("typo", { [TRIAGE]: agentOf("triage", "1Gi").replace("limits", "limts") });
  await show();
  expect(await commitsOn("typo")).toEqual(["robin: A change"]);
});

test("never a change of the chart, which is one pull request for each tenant after the merge", async () => {
  fleet = await inPlace();
  const chart = { "charts/agent/templates/workload.yaml": "kind: Deployment\n" };
  const alone = await fleet.open("chart", chart);
  await fleet.open("both", { ...chart, ...GREATER });
  await show();
  expect(await commitsOn("chart")).toEqual(["robin: A change"]);
  expect(fleet.runOn(alone.head)?.title).toBe("Merging leads to 1 pull request");
  expect(await textOn("both", VALUES)).toContain("1Gi");
  expect(await fleet.repository.git.git("ls-tree", "-r", "--name-only", "both", "deploy/_charts")).not.toContain(
    "workload",
  );
});

test("never to a fork: the files come after the merge", async () => {
  fleet = await inPlace();
  const { world, root } = fleet.github;
  const fork = await addRepository(world, { root, owner: "robin", name: "fleet", fork: fleet.repository });
  await fork.git.git("fetch", "--quiet", fleet.repository.git.dir, "+refs/heads/main:refs/heads/main");
  const pull = await fleet.open("more-memory", GREATER, fork);
  await show();
  expect(fleet.runOn(pull.head)?.title).toBe("Merging leads to 1 pull request");
});

test("a branch that RAOS may not write to fails the check, with the reason", async () => {
  fleet = await inPlace();
  const pull = await fleet.open("more-memory", GREATER);
  fleet.installation.permissions = { ...fleet.installation.permissions, contents: "read" };
  fleet.github.world.tokens.clear();
  await show();
  expect(fleet.runOn(pull.head)).toMatchObject({
    conclusion: "failure",
    title: "The generated files are out of date",
    summary: expect.stringContaining("generate: in-place"),
  });
});

test("by the button, for who may push, and for nobody else", async () => {
  fleet = await reviewedFleet(FILES);
  addAccount(fleet.github.world, "mallory", "User");
  const pull = await fleet.open("more-memory", GREATER);
  await show();
  expect(await commitsOn("more-memory")).toEqual(["robin: A change"]);
  await show({ generate: new Map([[pull.head, "mallory"]]) });
  expect(await commitsOn("more-memory")).toEqual(["robin: A change"]);
  await show({ generate: new Map([[pull.head, "robin"]]) });
  expect(await commitsOn("more-memory")).toEqual([
    "raos-test[bot]: Generate the files of acme/triage",
    "robin: A change",
  ]);
});
