import { afterEach, beforeEach, expect, test } from "vitest";
import { servePeople } from "../../../src/app/service/serve-people.ts";
import type { Trigger } from "../../../src/domain/trigger.ts";
import type { Log } from "../../../src/pass/world.ts";
import { addComment } from "../../servers/github/pulls/comments.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../../support/forge/reviewed-fleet.ts";

let fleet: ReviewedFleet;
let warnings: string[];
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
  warnings = [];
});
afterEach(() => fleet.close());

const TRIGGER: Trigger = { kind: "timer", repo: "acme/fleet", installation: undefined };

/** A pass for people, whose warnings are kept. */
async function serve(signal = new AbortController().signal): Promise<void> {
  const nothing = () => {};
  const warn: Log["warn"] = (_, message) => warnings.push(message);
  const world = { ...fleet.opened.world, log: { debug: nothing, info: nothing, warn, error: nothing } };
  const requests = { isBusy: () => false, begin: () => {} };
  await servePeople(world, "acme/fleet", [TRIGGER], { stopping: signal, requests });
}

function permit(changed: Readonly<Record<string, "read" | "write">>): void {
  const { checks: _, ...rest } = fleet.installation.permissions;
  fleet.installation.permissions = { ...rest, ...changed };
  fleet.github.world.tokens.clear();
}

async function reviewed() {
  const pull = await fleet.open("topic", { [TRIAGE]: agentOf("triage", "1Gi") });
  addComment(fleet.github.world, { kind: "user", user: fleet.person, token: "" }, pull, "/raos help");
  return pull;
}

test("answers comments and shows the check", async () => {
  const pull = await reviewed();
  await serve();
  expect([pull.comments.length, fleet.runOn(pull.head)?.conclusion, warnings]).toEqual([2, "success", []]);
});

test("without the permission for checks, comments are answered all the same, and a warning says what is missing", async () => {
  const pull = await reviewed();
  permit({});
  await serve();
  expect([pull.comments.length, fleet.runOn(pull.head)]).toEqual([2, undefined]);
  expect(warnings).toHaveLength(1);
});

test("nothing once the process is to stop", async () => {
  const pull = await reviewed();
  await serve(AbortSignal.abort());
  expect([pull.comments.length, fleet.runOn(pull.head)]).toEqual([1, undefined]);
});
