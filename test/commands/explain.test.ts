import { afterEach, beforeEach, expect, test } from "vitest";
import { answerCommands } from "../../src/commands/answer-commands.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import type { Pull } from "../servers/github/model/model.ts";
import { push } from "../servers/github/model/people.ts";
import { addComment } from "../servers/github/pulls/comments.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../support/forge/reviewed-fleet.ts";

const GREATER = { [TRIAGE]: agentOf("triage", "1Gi") };

let fleet: ReviewedFleet;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
});
afterEach(() => fleet.close());

async function ask(pull: Pull, body: string): Promise<string> {
  addComment(fleet.github.world, { kind: "user", user: fleet.person, token: "" }, pull, body);
  await answerCommands(fleet.opened.world);
  return (pull.comments.at(-1)?.body ?? "").replace(/\s*<!--.*-->\s*$/s, "");
}

test("on a person's pull request of one agent: what its author wrote, as it would be once merged", async () => {
  const pull = await fleet.open("topic", GREATER);
  const answer = await ask(pull, "/raos explain");
  expect(answer).toMatch(/^`acme\/triage` once this is merged:\n\n\| value of \| value \| from \| in \|/);
  expect(answer).toContain(
    '| `/spec/runtime/resources/limits/memory` | `"1Gi"` | agent, `agents/acme/triage.yaml` | `production` |',
  );
  expect(answer).not.toContain("| default |");
  expect(answer).toMatch(/\d+ more values, defaults among them/);
});

test("one part of another agent, defaults with it", async () => {
  const pull = await fleet.open("topic", GREATER);
  const answer = await ask(pull, "/raos explain acme/billing /spec/runtime/resources");
  expect(answer).toContain('| `/spec/runtime/resources/limits/memory` | `"768Mi"` | agent,');
  expect(
    answer
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .every((line) => line.includes("/resources/")),
  ).toBe(true);
});

test("on a pull request of RAOS, of its agent", async () => {
  await push(fleet.github.world, fleet.repository, fleet.person, "main", GREATER, "1Gi");
  await reconcile(fleet.opened.world);
  const own = [...fleet.repository.pulls.values()].at(-1);
  if (own?.state !== "OPEN") throw new Error("none open");
  expect(await ask(own, "/raos explain /spec/runtime/resources/limits/memory")).toContain('`"1Gi"`');
});

test.each([
  ["no such agent", "acme/nobody", "There is no agent `acme/nobody` without Problems once this is merged."],
  ["no such value", "acme/triage /spec/nothing", "`acme/triage` has no value at `/spec/nothing`."],
  ["a pointer first", "/spec acme/triage", "That is not understood."],
  ["a third word", "acme/triage /spec more", "That is not understood."],
  ["no agent key", "../../etc/passwd", "That is not understood."],
  ["HTML", "<img/onerror=x>", "That is not understood."],
  ["another root", "/metadata", "That is not understood."],
])("bad words: %s", async (_, words, says) => {
  const pull = await fleet.open("topic", GREATER);
  expect(await ask(pull, `/raos explain ${words}`)).toContain(says);
});

test("where several agents change, one has to be named", async () => {
  const pull = await fleet.open("topic", { ...GREATER, "agents/acme/billing.yaml": agentOf("billing", "1Gi") });
  expect(await ask(pull, "/raos explain")).toBe(
    "Name the agent. It concerns `acme/billing` and `acme/triage`. Write `/raos explain`, `/raos explain tenant/name` or `/raos explain tenant/name /spec/scaling`.",
  );
});
