import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { promoteAgent } from "../../../src/commands/answers/promote-agent.ts";
import type { World } from "../../../src/pass/world.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import type { Pull } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { mergePull } from "../../servers/github/pulls/merging.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../support/forge/reviewed-fleet.ts";

const HOUR = 3_600_000;

const config = (promotion: string) => `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  chart: {path: charts/agent}
  environments: [{name: staging}, {name: eu}, {name: us}]
  ${promotion}
`;

let fleet: ReviewedFleet;
/** How much later than now it is, in milliseconds. */
let later = 0;
beforeEach(async () => {
  later = 0;
  fleet = await reviewedFleet({ ...FILES, "raos.yaml": config("") });
  await fleet.settle();
});
afterEach(() => fleet.close());

const world = (): World => ({ ...fleet.opened.world, now: () => Date.now() + later });
const write = (files: Readonly<Record<string, string>>) =>
  push(fleet.github.world, fleet.repository, fleet.person, "main", files, "A change");
const pass = async () => (await reconcile(world())).map(({ kind, reason }) => [kind, reason]);
const open = (): readonly Pull[] => [...fleet.repository.pulls.values()].filter(({ state }) => state === "OPEN");
const titles = () => open().map(({ title }) => title);
const filesOf = async (pull: Pull | undefined) =>
  (await fleet.repository.git.git("diff", "--name-only", `main...refs/heads/${pull?.headRef}`)).trim().split("\n");
const merge = async (pull: Pull | undefined) => {
  if (pull === undefined) throw new Error("no pull request");
  await mergePull(fleet.github.world, { kind: "user", user: fleet.person, token: "" }, pull, { method: "MERGE" });
};

describe("a change goes through the waves", () => {
  test("staging first, then the next wave once staging has it, each with the files of its environments alone", async () => {
    await write({ "raos.yaml": config("promotion: {waves: [[staging], [eu, us]]}") });
    expect(await pass()).toEqual([]);
    await write({ [TRIAGE]: agentOf("triage", "1Gi") });
    expect(await pass()).toEqual([["opened", undefined]]);
    expect(open().map(({ headRef }) => headRef)).toEqual(["raos/agent/acme/triage"]);
    expect((await filesOf(open()[0])).every((path) => path.startsWith("deploy/staging/"))).toBe(true);
    // The next wave waits for the merge.
    expect(await pass()).toEqual([["unchanged", "up-to-date"]]);
    await merge(open()[0]);
    expect(await pass()).toEqual([["opened", undefined]]);
    expect(titles()).toEqual(["Promote: acme/triage: memory limit 768Mi → 1Gi"]);
    expect(open()[0]?.headRef).toBe("raos/promote/acme/triage/eu=2bus");
    expect(open()[0]?.body).toContain("**A promotion to `eu` and `us`**");
    expect(new Set((await filesOf(open()[0])).map((path) => path.split("/")[1]))).toEqual(new Set(["eu", "us"]));
    await merge(open()[0]);
    expect(await pass()).toEqual([]);
  });

  test("after the time that raos.yaml says, counted from the merge before", async () => {
    await write({ "raos.yaml": config("promotion: {waves: [[staging], [eu], [us]], soak: 1h}") });
    await write({ [TRIAGE]: agentOf("triage", "1Gi") });
    await pass();
    await merge(open()[0]);
    expect(await pass()).toEqual([["skipped", "soaking"]]);
    later = HOUR + 60_000;
    expect(await pass()).toEqual([["opened", undefined]]);
    expect((await filesOf(open()[0])).every((path) => path.startsWith("deploy/eu/"))).toBe(true);
    await merge(open()[0]);
    // The last wave is about the environment before it, too: a merge made now is an hour old by this clock.
    expect(await pass()).toEqual([["opened", undefined]]);
    expect((await filesOf(open()[0])).every((path) => path.startsWith("deploy/us/"))).toBe(true);
  });

  test("a newer change takes the place of an older promotion, and goes through staging first", async () => {
    await write({ "raos.yaml": config("promotion: {waves: [[staging], [eu, us]]}") });
    await write({ [TRIAGE]: agentOf("triage", "1Gi") });
    await pass();
    await merge(open()[0]);
    await pass();
    expect(titles()).toEqual(["Promote: acme/triage: memory limit 768Mi → 1Gi"]);
    await write({ [TRIAGE]: agentOf("triage", "2Gi") });
    expect(await pass()).toEqual([
      ["closed", "superseded"],
      ["opened", undefined],
    ]);
    expect(titles()).toEqual(["acme/triage: memory limit 1Gi → 2Gi in staging"]);
    await merge(open()[0]);
    await pass();
    expect(titles()).toEqual(["Promote: acme/triage: memory limit 768Mi → 2Gi"]);
  });

  test("a change of one environment of a later wave alone has nothing to wait for", async () => {
    await write({ "raos.yaml": config("promotion: {waves: [[staging], [eu, us]]}") });
    const overlay = "  environments: {eu: {runtime: {resources: {limits: {memory: 3Gi}}}}}\n";
    await write({ [TRIAGE]: agentOf("triage", "768Mi") + overlay });
    expect(await pass()).toEqual([["opened", undefined]]);
    expect(titles()).toEqual(["Promote: acme/triage: memory limit 768Mi → 3Gi in eu"]);
  });

  test("several agents that changed by themselves stay pull requests of their own", async () => {
    await write({ "raos.yaml": config("promotion: {waves: [[staging], [eu, us]]}") });
    await write({ [TRIAGE]: agentOf("triage", "1Gi"), "agents/acme/billing.yaml": agentOf("billing", "1Gi") });
    await pass();
    for (const pull of open()) await merge(pull);
    await pass();
    expect(open().map(({ headRef }) => headRef)).toEqual([
      "raos/promote/acme/billing/eu=2bus",
      "raos/promote/acme/triage/eu=2bus",
    ]);
  });
});

test("what a person took back is not promoted again by itself", async () => {
  await write({ "raos.yaml": config("promotion: {waves: [[staging], [eu, us]]}") });
  await write({ [TRIAGE]: agentOf("triage", "1Gi") });
  await pass();
  await merge(open()[0]);
  const before = await fleet.repository.git.git("show", "main:deploy/eu/acme/triage/values.yaml");
  await pass();
  await merge(open()[0]);
  await write({ "deploy/eu/acme/triage/values.yaml": before });
  expect(await pass()).toEqual([["skipped", "taken-back-by-a-person"]]);
  await write({ [TRIAGE]: agentOf("triage", "2Gi") });
  await pass();
  await merge(open()[0]);
  expect(await pass()).toEqual([["skipped", "taken-back-by-a-person"]]);
  const asked = await promoteAgent(world(), "acme/triage", undefined);
  expect(asked).toEqual({ opened: true, says: expect.stringMatching(/^#\d+ promotes it to `eu` and `us`\.$/) });
  await merge(open()[0]);
  expect(await pass()).toEqual([]);
});

describe("raos promote", () => {
  const says = async (to?: string) => (await promoteAgent(world(), "acme/triage", to)).says;

  test("opens what would wait, and says what is in the way", async () => {
    expect(await says()).toBe("`raos.yaml` has no `promotion` with two waves or more.");
    await write({ "raos.yaml": config("promotion: {waves: [[staging], [eu], [us]], soak: 7d}") });
    expect(await says()).toBe(
      "There is nothing to promote: every environment of `acme/triage` has what its spec asks for.",
    );
    await write({ [TRIAGE]: agentOf("triage", "1Gi") });
    expect(await says()).toBe("`staging` comes first, and the pull request for it is not merged yet.");
    await pass();
    const [staging] = open();
    expect(await says()).toBe(`\`staging\` comes first, and #${staging?.number} is not merged yet.`);
    await merge(staging);
    expect(await says("us")).toBe("`eu` comes first, and the pull request for it is not merged yet.");
    expect(await says("mars")).toBe("There is no environment `mars`.");
    expect(await says("eu")).toMatch(/^#\d+ promotes it to `eu`\.$/);
    expect(await says("eu")).toBe(`#${open()[0]?.number} is open already.`);
    // It stays open, however short a time staging has had it.
    expect(await pass()).toEqual([["unchanged", "up-to-date"]]);
  });
});
