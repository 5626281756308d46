import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { shipped, shippedFixtures } from "../app/package-root.ts";
import { type ExitCode, type Shell, UsageError } from "../app/shell.ts";
import { shippedPolicies } from "../app/world/shipped-policies.ts";
import { openRemedyFixture, REMEDY_FIXTURES, type RemedyResult } from "../causes/alert/fixture/remedy-fixture.ts";
import type { Snapshot } from "../domain/fleet.ts";
import type { Path } from "../domain/values/scalars.ts";
import { workingSnapshot } from "../git/objects/working-snapshot.ts";
import { documentsOf, type LoadedPolicies, loadPolicies } from "../pass/load-policies.ts";
import { type PolicyResult, runPolicyTests } from "../policy/policy-test.ts";
import { readGuardrails } from "../policy/read-guardrails.ts";
import { readRemedies } from "../remedy/read-remedies.ts";
import { outputOption } from "./print/output-option.ts";
import { printable, printProblems } from "./print/print-problems.ts";

/** `raos policy test [folder]`: judges the fixtures of guardrails. */
export function policyCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("policy").addCommand(
    new Command("test")
      .description(
        "run the fixtures of guardrails and remedies: fixtures/policies/<guardrail>/cases.yaml, fixtures/alerts/<remedy>/",
      )
      .argument(
        "[folder]",
        "repository with policies/ and fixtures/; left out: this folder if it has policies/, else those that ship with raos",
      )
      .option("-q, --quiet", "print only what failed")
      .addOption(outputOption("json"))
      .action(async (folder: string | undefined, options: { readonly quiet?: boolean; readonly output?: "json" }) => {
        const isShipped = folder === undefined && !hasPolicies(shell.cwd);
        const root = isShipped ? dirname(shippedFixtures()) : resolve(shell.cwd, folder ?? ".");
        const snapshot = await workingSnapshot(root, shell.env, isPolicy);
        const files = (prefix: Path) =>
          [...snapshot.list(prefix)].filter(isPolicy).map((path) => ({ path, bytes: snapshot.read(path) }));
        const own = isShipped ? [] : files("policies");
        const policies = loadPolicies(await shippedPolicies(), own);
        const fixtures = documentsOf(files("fixtures/policies").filter((file) => file.path.endsWith("/cases.yaml")));
        const { results, problems } = runPolicyTests(policies.guardrails, fixtures.documents);
        const tested = await remedyResults(snapshot, policies, isShipped);
        const wrong = [...policies.problems, ...fixtures.problems, ...problems];
        const untested = isShipped ? [] : untestedOf(own, [...results, ...tested.map(asResult)]);
        if (results.length === 0 && tested.length === 0 && wrong.length === 0 && untested.length === 0)
          throw new UsageError(
            `${root} has neither fixtures/policies/<guardrail>/cases.yaml nor fixtures/alerts/<remedy>/`,
          );
        if (options.output === "json")
          shell.out(`${JSON.stringify({ results, remedies: tested, problems: wrong, untested }, null, 2)}\n`);
        else {
          printProblems(shell, wrong, "text");
          for (const { name, fixtures } of untested) shell.out(`none ${printable(`${name}: write ${fixtures}`)}\n`);
          printResults(shell, [...results, ...tested.map(asResult)], options.quiet === true);
        }
        exit(wrong.length > 0 || [...results, ...tested].some((result) => !result.passed) ? 1 : 0);
      }),
  );
}

/** Whether a folder has policies of its own; RAOS' own folder is what ships. */
function hasPolicies(folder: string): boolean {
  return existsSync(join(folder, "policies")) && resolve(folder) !== resolve(shipped());
}

interface Untested {
  readonly name: string;
  /** The fixtures that are missing. */
  readonly fixtures: Path;
}

/** The repository's own guardrails and remedies that no fixture tests. */
function untestedOf(own: Parameters<typeof documentsOf>[0], results: readonly PolicyResult[]): readonly Untested[] {
  const tested = new Set(results.map(({ guardrail }) => guardrail.split(".")[0]));
  const { documents } = documentsOf(own);
  const named = [
    ...readGuardrails(documents).guardrails.map(({ name }) => ({
      name,
      fixtures: `fixtures/policies/${name}/cases.yaml`,
    })),
    ...readRemedies(documents).remedies.map(({ name }) => ({ name, fixtures: `fixtures/alerts/${name}/` })),
  ];
  // A file with a Problem stands under its path; its Problem is printed.
  return named.filter(({ name }) => !tested.has(name) && !name.includes("/"));
}

function isPolicy(path: Path): boolean {
  return /^(policies|fixtures\/(policies|alerts))\/.*\.(yaml|yml|json|md)$/.test(path);
}

/** Runs every fixture of a remedy; of the remedies that ship, each has to have one. */
async function remedyResults(
  snapshot: Snapshot,
  policies: LoadedPolicies,
  isShipped: boolean,
): Promise<readonly RemedyResult[]> {
  const folders = [...snapshot.list(REMEDY_FIXTURES)].map((path) => path.split("/")[2] ?? "");
  const tested = new Set(folders.map((folder) => folder.split(".")[0]));
  const untested = policies.remedies.map(({ name }) => name).filter((name) => !tested.has(name));
  const results: RemedyResult[] = [];
  for (const name of [...new Set([...folders, ...(isShipped ? untested : [])])].sort()) {
    const fixture = await openRemedyFixture(name, snapshot);
    results.push({ ...(await fixture.run(policies)), remedy: name });
    fixture.close();
  }
  return results;
}

function asResult({ remedy, passed, problems }: RemedyResult): PolicyResult {
  return {
    guardrail: remedy,
    case: "its fixture gives its edits",
    passed,
    expected: "after/",
    actual: problems.join("; "),
  };
}

function printResults(shell: Shell, results: readonly PolicyResult[], quiet: boolean): void {
  const colours = pc.createColors(shell.terminal);
  for (const result of results) {
    if (result.passed && quiet) continue;
    shell.out(
      `${result.passed ? colours.green("ok  ") : colours.red("FAIL")} ${printable(`${result.guardrail}: ${result.case}`)}\n`,
    );
    if (result.passed) continue;
    for (const line of [`expected ${result.expected}`, `got      ${result.actual}`])
      shell.out(`     ${printable(line)}\n`);
  }
  const failed = results.filter((result) => !result.passed).length;
  shell.out(`${results.length - failed} passed, ${failed} failed\n`);
}
