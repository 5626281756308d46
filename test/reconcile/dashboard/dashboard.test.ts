import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import type { Issue, Pull } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { addAccount } from "../../servers/github/model/world.ts";
import { updateIssue } from "../../servers/github/pulls/issues.ts";
import { updatePull } from "../../servers/github/pulls/pulls.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../support/forge/reviewed-fleet.ts";

const BILLING = "agents/acme/billing.yaml";
const config = (more = "dashboard: true") => `${FILES["raos.yaml"]}  limits: {openPulls: 1}\n  ${more}\n`;

let fleet: ReviewedFleet;
beforeEach(async () => {
  fleet = await reviewedFleet({ ...FILES, "raos.yaml": `${FILES["raos.yaml"]}  dashboard: true\n` });
  await commit({
    "raos.yaml": config(),
    [TRIAGE]: agentOf("triage", "1Gi"),
    [BILLING]: agentOf("billing", "2Gi"),
  });
});
afterEach(() => fleet.close());

const commit = (files: Readonly<Record<string, string>>) =>
  push(fleet.github.world, fleet.repository, fleet.person, "main", files, "A change");
const pass = () => reconcile(fleet.opened.world);
const as = (login: string) =>
  ({ kind: "user", user: addAccount(fleet.github.world, login, "User"), token: "" }) as const;

function dashboard(): Issue {
  const [found] = [...fleet.repository.issues.values()].filter(({ title }) => title === "RAOS dashboard");
  if (found === undefined) throw new Error("there is no dashboard");
  return found;
}

const shown = () =>
  dashboard()
    .body.replace(/<!-- raos:(issue|ticks) .*? -->/g, "")
    .trim();
const openPulls = (): readonly Pull[] => [...fleet.repository.pulls.values()].filter(({ state }) => state === "OPEN");
const titles = () =>
  openPulls()
    .map(({ title }) => title)
    .toSorted();

/** Ticks the first box whose line holds a text, as a person does in the browser. */
function tick(text: string, login = "robin"): void {
  const issue = dashboard();
  const lines = issue.body.split("\n");
  const at = lines.findIndex((line) => line.startsWith("- [ ]") && line.includes(text));
  if (at < 0) throw new Error(`no box in: ${issue.body}`);
  lines[at] = (lines[at] ?? "").replace("- [ ]", "- [x]");
  // GitHub's editor ends lines so.
  updateIssue(fleet.github.world, as(login), issue, { body: lines.join("\r\n") });
}

function writes(): readonly string[] {
  const sent = fleet.github.requests.filter(({ path, body }) => path === "/graphql" && body.includes("mutation"));
  return sent.map(({ body }) => /mutation (\w+)/.exec(body)?.[1] ?? "");
}

describe("the dashboard", () => {
  test("shows what is open and what waits, each with a box, and is not written again where nothing changed", async () => {
    await pass();
    const text = shown().replace(/<!-- raos:box .*? -->/g, "☐");
    expect(
      text,
    ).toBe(`What RAOS does in this repository. It keeps this text up to date; tick a box to ask for what it says, if you may push here.

### Open pull requests (1)

Tick to have one built anew on the default branch.

- [ ] ☐ #4 acme/billing: memory limit 768Mi → 2Gi in production (up to date)

### Waiting (1)

Tick to have one opened now.

- [ ] ☐ \`acme/triage\`: As many pull requests are open as \`openPulls\` in raos.yaml allows`);
    fleet.github.requests.splice(0);
    await pass();
    await pass();
    expect(writes()).toEqual([]);
  });

  test("a tick by somebody who may push opens what waits, beyond the limit, and says so", async () => {
    await pass();
    tick("acme/triage");
    await pass();
    expect(titles()).toEqual([
      "acme/billing: memory limit 768Mi → 2Gi in production",
      "acme/triage: memory limit 768Mi → 1Gi in production",
    ]);
    expect(shown()).toContain("### Asked for by ticks (1)\n\n- open acme/triage, by `robin`: Opened");
    expect(shown()).not.toContain("[x]");
    fleet.github.requests.splice(0);
    await pass();
    expect(writes()).toEqual([]);
  });

  test("a tick by somebody who may not push any more is taken back, with a sentence", async () => {
    await pass();
    fleet.repository.collaborators.set("casey", "write");
    tick("acme/triage", "casey");
    fleet.repository.collaborators.set("casey", "read");
    await pass();
    expect(openPulls()).toHaveLength(1);
    expect(shown()).toContain("by `casey`: casey may not push to this repository.");
    expect(shown()).not.toContain("[x]");
  });

  test("nobody borrows somebody else's tick: everybody who edited since has to be allowed to push", async () => {
    await pass();
    fleet.repository.collaborators.set("casey", "write");
    tick("acme/triage", "casey");
    fleet.repository.collaborators.set("casey", "read");
    updateIssue(fleet.github.world, as("robin"), dashboard(), { body: `${dashboard().body}\nLooks fine.` });
    await pass();
    expect(openPulls()).toHaveLength(1);
  });

  test("a tick counts for the content that it was made for, and no other", async () => {
    await pass();
    tick("acme/triage");
    await commit({ [TRIAGE]: agentOf("triage", "64Gi") });
    await pass();
    expect(titles()).toEqual(["acme/billing: memory limit 768Mi → 2Gi in production"]);
    expect(shown()).toContain("open acme/triage, by `robin`: The specs have changed since");
    expect(shown()).not.toContain("[x]");
  });

  test("a box that somebody wrote by hand asks for nothing", async () => {
    await pass();
    const forged = `- [x] <!-- raos:box open raos/agent/acme/triage ${"0".repeat(16)} --> now`;
    updateIssue(fleet.github.world, as("robin"), dashboard(), { body: `${forged}\n${dashboard().body}` });
    await pass();
    expect(openPulls()).toHaveLength(1);
    expect(shown()).not.toContain("000");
  });

  test("a tick has a pull request built anew on the default branch", async () => {
    await pass();
    const [before] = openPulls();
    const { head } = before ?? {};
    await commit({ "README.md": "Our agents\n" });
    await pass();
    tick("#4");
    await pass();
    const [after] = openPulls();
    expect(after?.number).toBe(before?.number);
    expect(after?.head).not.toBe(head);
    expect(shown()).toContain("Built #&#8203;4 anew.");
  });

  test("what a person closed is opened again by a tick", async () => {
    await pass();
    const [pull] = openPulls();
    if (pull === undefined) throw new Error("none is open");
    await updatePull(fleet.github.world, as("robin"), pull, { state: "CLOSED" });
    await pass();
    expect(shown()).toContain("### Closed by a person (1)");
    tick("acme/billing");
    await pass();
    expect(titles()).toContain("acme/billing: memory limit 768Mi → 2Gi in production");
  });

  test("a tick is acted on where the process ended before it could say so, and only once", async () => {
    await pass();
    tick("acme/triage");
    fleet.github.before = async ({ body }) => {
      if (body.includes("mutation Update")) throw new Error("the process ends here");
    };
    await pass().catch(() => {});
    fleet.github.before = undefined;
    await pass();
    expect(openPulls()).toHaveLength(2);
    expect(shown()).toContain("open acme/triage, by `robin`: #&#8203;5 is open and up to date.");
    expect(shown()).not.toContain("[x]");
  });

  test("closed by a person it stays closed; taken out of raos.yaml it is closed", async () => {
    await pass();
    updateIssue(fleet.github.world, as("robin"), dashboard(), { state: "CLOSED" });
    await commit({ [TRIAGE]: agentOf("triage", "3Gi") });
    await pass();
    expect(dashboard().state).toBe("CLOSED");
    expect(fleet.repository.issues.size).toBe(1);
    updateIssue(fleet.github.world, as("robin"), dashboard(), { state: "OPEN" });
    await commit({ "raos.yaml": config("dashboard: false") });
    await pass();
    expect([dashboard().state, dashboard().comments.at(-1)?.body]).toEqual([
      "CLOSED",
      expect.stringContaining("`dashboard` is not set"),
    ]);
  });

  test("says what is wrong, and what is denied", async () => {
    await commit({ [TRIAGE]: agentOf("triage", "1Gx") });
    await pass();
    expect(shown()).toContain(
      '### Problems (1)\n\n- `agents/acme/triage.yaml:11:24` `/spec/runtime/resources/limits/memory` "1Gx" is not a quantity',
    );
  });
});
