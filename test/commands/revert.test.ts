import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerCommands } from "../../src/commands/answer-commands.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import type { Account, Pull } from "../servers/github/model/model.ts";
import { push } from "../servers/github/model/people.ts";
import { addAccount } from "../servers/github/model/world.ts";
import { addComment } from "../servers/github/pulls/comments.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../support/forge/reviewed-fleet.ts";

const GREATER = { [TRIAGE]: agentOf("triage", "1Gi") };

let fleet: ReviewedFleet;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
});
afterEach(() => fleet.close());

const pulls = () => [...fleet.repository.pulls.values()];
const change = (files: Readonly<Record<string, string | undefined>>) =>
  push(fleet.github.world, fleet.repository, fleet.person, "main", files, "A change");
const onMain = async (path: string) => (await fleet.repository.git.object(`main:${path}`))?.bytes.toString();
const pass = () => reconcile(fleet.opened.world);

/** What RAOS answers a command on a pull request. */
async function ask(pull: Pull, body: string, by: Account = fleet.person): Promise<string> {
  addComment(fleet.github.world, { kind: "user", user: by, token: "" }, pull, body);
  await answerCommands(fleet.opened.world);
  const last = pull.comments.at(-1);
  if (last?.author.type !== "Bot") throw new Error("no answer");
  return last.body.replace(/\s*<!--.*-->\s*$/s, "");
}

/** A merged pull request of RAOS, which deployed a greater memory limit. */
async function deployed(): Promise<Pull> {
  await change(GREATER);
  await fleet.settle();
  const pull = pulls().at(-1);
  if (pull?.state !== "MERGED") throw new Error("no merged pull request");
  return pull;
}

const openRevert = () =>
  pulls().find(({ state, headRef }) => state === "OPEN" && headRef.startsWith("raos/regression/"));

describe("/raos revert on a merged pull request", () => {
  test("opens one that sets the spec back, with its generated files, and says who asked", async () => {
    const pull = await deployed();
    expect(await ask(pull, "/raos revert")).toBe(`#${pull.number + 1} takes back what #${pull.number} changed.`);
    const back = openRevert();
    expect(back).toMatchObject({
      headRef: `raos/regression/${pull.number}`,
      title: `Revert #${pull.number}: acme/triage: memory limit 1Gi → 768Mi in production`,
    });
    expect(back?.body).toContain(
      `Takes back what #${pull.number} changed, in the spec and in what is generated from it.`,
    );
    expect(back?.body).toMatch(/robin asked for it, in comment \d+ on pull request \d+\./);
    // The next pass leaves it as it is; merged, all is as before, and nothing more comes of it.
    expect((await pass()).map(({ kind, reason }) => [kind, reason])).toEqual([["unchanged", "up-to-date"]]);
    await fleet.settle();
    expect(await onMain(TRIAGE)).toBe(FILES[TRIAGE]);
    expect(await onMain("deploy/production/acme/triage/values.yaml")).toContain("768Mi");
    expect(await pass()).toEqual([]);
    expect(pulls().filter(({ state }) => state === "OPEN")).toEqual([]);
  });

  test("once for each, and never for one that takes back something", async () => {
    const pull = await deployed();
    await ask(pull, "/raos revert");
    const back = openRevert();
    if (back === undefined) throw new Error("none opened");
    expect(await ask(pull, "/raos revert")).toBe(`#${back.number} asks to take this back already.`);
    await fleet.settle();
    expect(await ask(pull, "/raos revert")).toContain(`#${back.number} took this back already`);
    expect(await ask(back, "/raos revert")).toContain("takes back another one already");
  });

  test("not over what somebody changed since: says which fields", async () => {
    const pull = await deployed();
    await change({ [TRIAGE]: agentOf("triage", "2Gi") });
    expect(await ask(pull, "/raos revert")).toContain(
      "`/spec/runtime/resources/limits/memory` in `agents/acme/triage.yaml`",
    );
    expect(openRevert()).toBeUndefined();
  });

  test("keeps what somebody changed beside it", async () => {
    const pull = await deployed();
    const beside = (memory: string) => agentOf("triage", memory).replace("Sort.", "Sort them.");
    await change({ [TRIAGE]: beside("1Gi") });
    await fleet.settle();
    await ask(pull, "/raos revert");
    await fleet.settle();
    expect(await onMain(TRIAGE)).toBe(beside("768Mi"));
  });

  test("is closed where somebody changes a value of it before it is merged", async () => {
    const pull = await deployed();
    await ask(pull, "/raos revert");
    const back = openRevert();
    await change({ [TRIAGE]: agentOf("triage", "2Gi") });
    await pass();
    expect(back?.state).toBe("CLOSED");
  });

  test.each<readonly [string, (fleet: ReviewedFleet) => Promise<Pull>, RegExp]>([
    ["a first deployment", async () => pulls()[0] ?? Promise.reject(new Error("none")), /for the first time/],
    ["a person's pull request", (own) => own.open("topic", GREATER), /no pull request that RAOS opened/],
    [
      "an open one",
      async () => {
        await change(GREATER);
        await pass();
        return pulls().at(-1) ?? Promise.reject(new Error("none"));
      },
      /is not merged/,
    ],
    [
      "one that changed what agents share",
      async (own) => {
        await change({ "tenants/acme.yaml": `${FILES["tenants/acme.yaml"].replace("{}", "{owners: [robin]}")}` });
        await change({ "charts/agent/Chart.yaml": "name: agent\nversion: 0.2.0\n" });
        await own.settle();
        return pulls().at(-1) ?? Promise.reject(new Error("none"));
      },
      /No value of a spec is left|does not find the commit/,
    ],
  ])("refuses %s", async (_, found, says) => {
    const pull = await found(fleet);
    expect(await ask(pull, "/raos revert")).toMatch(says);
    expect(openRevert()).toBeUndefined();
  });

  test("refuses where guardrails deny the earlier values", async () => {
    const pull = await deployed();
    await change({
      "policies/memory.yaml": `apiVersion: raos.dev/v1alpha1
kind: Guardrail
metadata: {name: enough-memory}
spec:
  description: not below
  rules:
    - {deny: 'after.spec.runtime.resources.limits.memory == "768Mi"', message: too little}
`,
    });
    expect(await ask(pull, "/raos revert")).toMatch(/guardrails deny the earlier values.*too little/s);
    expect(openRevert()).toBeUndefined();
  });

  test("is for people who may push", async () => {
    const pull = await deployed();
    const reader = addAccount(fleet.github.world, "casey", "User");
    fleet.repository.collaborators.set("casey", "write");
    addComment(fleet.github.world, { kind: "user", user: reader, token: "" }, pull, "/raos revert");
    fleet.repository.collaborators.set("casey", "read");
    await answerCommands(fleet.opened.world);
    expect(pull.comments.at(-1)?.body).toContain("is for people who may push");
    expect(openRevert()).toBeUndefined();
  });
});
