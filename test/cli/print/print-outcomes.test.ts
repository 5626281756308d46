import { expect, test } from "vitest";
import { printOutcomes } from "../../../src/cli/print/print-outcomes.ts";
import type { Outcome } from "../../../src/domain/decision.ts";
import { shellFor } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const outcome = (own: Partial<Outcome>): Outcome => ({
  ...{ kind: "skipped", cause: "drift", agent: "acme/triage" },
  ...own,
});
const pull = (number: number) => ({ number, url: "", branch: "", head: "" });

function printed(outcomes: readonly Outcome[], quiet: boolean): readonly string[] {
  const out: string[] = [];
  const shell = { ...shellFor(temporaryFolder()), out: (text: string) => void out.push(text) };
  printOutcomes(shell, outcomes, { quiet });
  return out.join("").trimEnd().split("\n");
}

const OUTCOMES = [
  outcome({ kind: "opened", agent: "acme/a", pull: pull(7) }),
  outcome({ pull: pull(12), reason: "verifying" }),
  outcome({ kind: "unchanged", pull: pull(9), reason: "up-to-date" }),
  outcome({ kind: "opened", issue: pull(3), remedy: "secret-missing", reason: "report" }),
  outcome({ pull: pull(8), reason: "limits.openPulls" }),
];

test("outcomes are columns", () => {
  expect(printed(OUTCOMES, false)).toEqual([
    "  opened    acme/a       #7",
    "  skipped   acme/triage  #12       verifying",
    "  unchanged acme/triage  #9        up-to-date",
    "  opened    acme/triage  issue #3  secret-missing  report",
    "  skipped   acme/triage  #8        limits.openPulls",
  ]);
});

test("--quiet leaves out what is up to date or waits for its verdict, and not what is held back", () => {
  expect(printed(OUTCOMES, true).map((line) => line.trim().split(/ +/)[2])).toEqual(["#7", "issue", "#8"]);
  expect(printed([outcome({ reason: "rolling-out" })], true)).toEqual(["nothing to do"]);
});
