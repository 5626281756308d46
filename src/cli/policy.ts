import { resolve } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import type { Snapshot } from "../domain/fleet.ts";
import type { Path } from "../domain/scalars.ts";
import { workingSnapshot } from "../git/working-snapshot.ts";
import { documentsOf, loadPolicies } from "../load-policies.ts";
import { type PolicyResult, policyTest } from "../policy/policy-test.ts";
import type { CompiledRemedy } from "../remedy/read-remedies.ts";
import { REMEDY_FIXTURES, type RemedyResult, remedyTest } from "../remedy-fixture.ts";
import { shippedPolicies } from "./open-world.ts";
import { outputOption } from "./output-option.ts";
import { shipped } from "./package-root.ts";
import { printable, printProblems } from "./print-problems.ts";
import { type ExitCode, type Shell, UsageError } from "./shell.ts";

/** `raos policy test [folder]`: judges the fixtures of guardrails. */
export function policyCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("policy").description("work with guardrails and remedies").addCommand(
    new Command("test")
      .description(
        "run the fixtures of guardrails and remedies: fixtures/policies/<guardrail>/cases.yaml, fixtures/alerts/<remedy>/",
      )
      .argument("[folder]", "repository with policies/ and fixtures/policies/; left out: those that ship with raos")
      .option("-q, --quiet", "print only what failed")
      .addOption(outputOption("json"))
      .action(async (folder: string | undefined, options: { readonly quiet?: boolean; readonly output?: "json" }) => {
        const root = folder === undefined ? shipped() : resolve(shell.cwd, folder);
        const snapshot = await workingSnapshot(root, shell.env, isPolicy);
        const files = (prefix: Path) =>
          [...snapshot.list(prefix)].filter(isPolicy).map((path) => ({ path, bytes: snapshot.read(path) }));
        const own = folder === undefined ? [] : files("policies");
        const policies = loadPolicies(await shippedPolicies(), own);
        const fixtures = documentsOf(files("fixtures/policies").filter((file) => file.path.endsWith("/cases.yaml")));
        const { results, problems } = policyTest(policies.guardrails, fixtures.documents);
        const tested = remedyResults(snapshot, policies.remedies, folder === undefined);
        const wrong = [...policies.problems, ...fixtures.problems, ...problems];
        if (results.length === 0 && tested.length === 0 && wrong.length === 0)
          throw new UsageError(
            `${root} has neither fixtures/policies/<guardrail>/cases.yaml nor fixtures/alerts/<remedy>/`,
          );
        if (options.output === "json")
          shell.out(`${JSON.stringify({ results, remedies: tested, problems: wrong }, null, 2)}\n`);
        else {
          printProblems(shell, wrong, "text");
          printResults(shell, [...results, ...tested.map(asResult)], options.quiet === true);
        }
        exit(wrong.length > 0 || [...results, ...tested].some((result) => !result.passed) ? 1 : 0);
      }),
  );
}

function isPolicy(path: Path): boolean {
  return /^(policies|fixtures\/(policies|alerts))\/.*\.(yaml|yml|json|md)$/.test(path);
}

/** Every fixture of a remedy; of those that ship, each has to have one. */
function remedyResults(
  snapshot: Snapshot,
  remedies: readonly CompiledRemedy[],
  all: boolean,
): readonly Omit<RemedyResult, "after">[] {
  const folders = [...snapshot.list(REMEDY_FIXTURES)].map((path) => path.split("/")[2] ?? "");
  const names = new Set([
    ...folders,
    ...(all
      ? remedies.map((remedy) => remedy.name).filter((name) => !folders.some((one) => one.split(".")[0] === name))
      : []),
  ]);
  return [...names].sort().map((name) => {
    const { passed, problems } = remedyTest(name, snapshot, remedies);
    return { remedy: name, passed, problems };
  });
}

function asResult({ remedy, passed, problems }: Omit<RemedyResult, "after">): PolicyResult {
  return {
    guardrail: remedy,
    case: "its alert gives its edits",
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
