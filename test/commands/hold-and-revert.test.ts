import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerCommands } from "../../src/commands/answer-commands.ts";
import { readAlerts } from "../../src/domain/alert/alert-payload.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import type { Pull } from "../servers/github/model/model.ts";
import { push } from "../servers/github/model/people.ts";
import { addComment } from "../servers/github/pulls/comments.ts";
import { updateIssue } from "../servers/github/pulls/issues.ts";
import { mergePull } from "../servers/github/pulls/merging.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../support/forge/reviewed-fleet.ts";

let fleet: ReviewedFleet;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
});
afterEach(() => fleet.close());

const robin = () => ({ kind: "user", user: fleet.person, token: "" }) as const;
const change = (memory: string) =>
  push(fleet.github.world, fleet.repository, fleet.person, "main", { [TRIAGE]: agentOf("triage", memory) }, "Memory");
const outcomes = async () => (await reconcile(fleet.opened.world)).map(({ kind, reason }) => [kind, reason]);
const last = (pull: Pull) => pull.comments.at(-1)?.body.replace(/\s*<!--.*-->\s*$/s, "");

/** Says it, and returns the answer. */
async function ask(pull: Pull, text: string): Promise<string | undefined> {
  addComment(fleet.github.world, robin(), pull, text);
  await answerCommands(fleet.opened.world);
  return last(pull);
}

describe("hold and resume", () => {
  test("while an agent is held nothing is opened for it; afterwards it is", async () => {
    const pull = await fleet.open("topic", { "README.md": "Our agents\n" });
    expect(await ask(pull, "/raos hold acme/triage we migrate its database today")).toBe(
      "`acme/triage` is held while #4 is open.",
    );
    const issue = fleet.repository.issues.get(4);
    expect([issue?.title, issue?.body]).toEqual([
      "Held: acme/triage",
      expect.stringContaining("**`acme/triage` is held**, as `robin` asked: we migrate its database today"),
    ]);
    await change("1Gi");
    expect(await outcomes()).toEqual([["skipped", "held"]]);
    expect(await ask(pull, "/raos resume acme/triage")).toBe("`acme/triage` is held no more.");
    expect(await outcomes()).toEqual([["opened", undefined]]);
  });

  test("closing the issue ends it as well, and it is held once, however often it is asked for", async () => {
    const pull = await fleet.open("topic", { "README.md": "Our agents\n" });
    expect(await ask(pull, "/raos hold acme/triage")).toContain("#4");
    expect(await ask(pull, "/raos hold acme/triage")).toContain("#4");
    const issue = fleet.repository.issues.get(4);
    if (issue === undefined) throw new Error("no issue");
    updateIssue(fleet.github.world, robin(), issue, { state: "CLOSED" });
    await change("1Gi");
    expect(await outcomes()).toEqual([["opened", undefined]]);
    expect(await ask(pull, "/raos resume acme/triage")).toBe("`acme/triage` is not held.");
  });

  test("which agent is meant is asked where nothing says it, and an agent has to be there", async () => {
    const pull = await fleet.open("topic", { "README.md": "Our agents\n" });
    expect(await ask(pull, "/raos hold")).toContain("Which agent?");
    expect(await ask(pull, "/raos hold acme/nobody")).toContain("There is no agent");
    expect(await ask(pull, "/raos hold ../../etc because")).toContain("Which agent?");
    expect(fleet.repository.issues.size).toBe(0);
  });

  test("on RAOS's own pull request its agent is meant", async () => {
    await change("1Gi");
    await reconcile(fleet.opened.world);
    const pull = [...fleet.repository.pulls.values()].findLast(({ state }) => state === "OPEN");
    if (pull === undefined) throw new Error("none");
    expect(await ask(pull, "/raos hold until Monday")).toContain("`acme/triage` is held");
    expect([...fleet.repository.issues.values()].at(-1)?.body).toContain("asked: until Monday");
  });
});

const REMEDY = `apiVersion: raos.dev/v1alpha1
kind: Remedy
metadata: {name: more-memory}
spec:
  on: {alerts: [TooLittle]}
  edits: [{at: /spec/scaling/max, to: '8', as: integer, why: It helps.}]
`;
const SCALED = `${agentOf("triage", "768Mi")}  scaling: {min: 1, max: 4, hpa: {cpu: 70}}
  supervision: {allowedPaths: [/spec/scaling]}
`;

/** The pull request that an alert led to, merged. */
async function mergedFix(): Promise<Pull> {
  const { world } = fleet.github;
  const files = { "policies/more-memory.yaml": REMEDY, [TRIAGE]: SCALED };
  await push(world, fleet.repository, fleet.person, "main", files, "Scale");
  await fleet.settle();
  const labels = { alertname: "TooLittle", raos_agent: "triage", raos_tenant: "acme", raos_environment: "production" };
  const startsAt = new Date(Date.now() + 60_000).toISOString();
  const { alerts } = readAlerts([{ status: "firing", labels, annotations: {}, startsAt }], Date.now());
  await reconcile(fleet.opened.world, { alerts, whole: false });
  const pull = [...fleet.repository.pulls.values()].findLast(({ state }) => state === "OPEN");
  if (pull === undefined) throw new Error("the alert led to no pull request");
  await mergePull(world, robin(), pull, { method: "MERGE" });
  return pull;
}

describe("revert of what an alert led to", () => {
  test("takes back what a remedy changed, once, and never takes that back", async () => {
    const fix = await mergedFix();
    expect(await fleet.repository.git.git("show", `main:${TRIAGE}`)).toContain("max: 8");
    const number = fix.number + 1;
    expect(await ask(fix, "/raos revert")).toBe(`#${number} takes back what #${fix.number} changed.`);
    expect(await ask(fix, "/raos revert")).toBe(`#${number} asks to take this back already.`);
    const back = fleet.repository.pulls.get(number);
    if (back === undefined) throw new Error("none");
    expect([back.headRef, back.title]).toEqual([
      `raos/regression/${fix.number}`,
      `Revert #${fix.number}: acme/triage: most replicas 8 → 4 in production`,
    ]);
    expect(back.body).toContain(`robin asked for it, in comment`);
    await mergePull(fleet.github.world, robin(), back, { method: "MERGE" });
    expect(await fleet.repository.git.git("show", `main:${TRIAGE}`)).toBe(SCALED);
    expect(await ask(back, "/raos revert")).toContain("takes back another one already");
  });

  test("not where somebody changed the value since; the open one is closed then", async () => {
    const fix = await mergedFix();
    await ask(fix, "/raos revert");
    const back = fleet.repository.pulls.get(fix.number + 1);
    const { world } = fleet.github;
    const files = { [TRIAGE]: SCALED.replace("max: 4", "max: 6") };
    await push(world, fleet.repository, fleet.person, "main", files, "Six are enough");
    await fleet.settle();
    expect(back?.state).toBe("CLOSED");
    expect(back?.comments.at(-1)?.body).toContain("Somebody has since changed the value");
  });
});
