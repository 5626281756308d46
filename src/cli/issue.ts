import { Command, Option } from "commander";
import { type ExitCode, type Shell, UsageError } from "../app/shell.ts";
import { openForge } from "../app/world/forges/open-forge.ts";
import type { ServerKind } from "../app/world/forges/remote-forge.ts";
import { openLocal } from "../app/world/open-world.ts";
import type { Issue } from "../domain/alert/incident.ts";
import { forgeOption } from "./print/forge-option.ts";
import { outputOption } from "./print/output-option.ts";
import { printIssue } from "./print/print-issue.ts";
import { printable } from "./print/print-problems.ts";

interface Where {
  readonly repo: string;
  readonly forge?: ServerKind;
}

interface Options extends Where {
  readonly state: "open" | "closed" | "all";
  readonly output?: "json";
}

const REPO = "folder, bare repository or https URL; on a server, of closed issues those of the last 90 days";

/** `raos issue list|show|close`: the questions and reports of the bot, in a repository on disk or on a server. */
export function issueCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  const withIssues = async ({ repo, forge: server }: Where, show: (issues: readonly Issue[]) => void) => {
    if (/^https?:\/\//i.test(repo)) {
      const { forge, close } = await openForge(shell, repo, server);
      try {
        const { issues, complete } = await forge.issues();
        if (!complete) shell.err("raos: there are more issues than could be read; these are the latest\n");
        show([...issues].sort((a, b) => a.number - b.number));
      } finally {
        await close();
      }
      return;
    }
    const opened = await openLocal(shell, repo);
    try {
      show(await opened.forge.listIssues());
    } finally {
      await opened.close();
    }
  };
  const list = new Command("list")
    .description("list issues")
    .option("--repo <repository>", REPO, ".")
    .addOption(forgeOption())
    .addOption(new Option("--state <state>", "which").choices(["open", "closed", "all"]).default("open"))
    .addOption(outputOption("json"))
    .action(async (options: Options) => {
      await withIssues(options, (issues) => {
        const shown = issues.filter((issue) => options.state === "all" || issue.state === options.state);
        if (options.output === "json") shell.out(`${JSON.stringify(shown, null, 2)}\n`);
        else if (shown.length === 0) shell.out("no issues\n");
        else
          for (const issue of shown)
            shell.out(`${printable(`#${String(issue.number).padEnd(4)} ${issue.state.padEnd(6)} ${issue.title}`)}\n`);
      });
      exit(0);
    });
  const show = new Command("show")
    .description("show one issue")
    .argument("<number>", "its number")
    .option("--repo <repository>", REPO, ".")
    .addOption(forgeOption())
    .addOption(outputOption("json"))
    .action(async (number: string, options: Options) => {
      await withIssues(options, (issues) => {
        const issue = findIssue(issues, number);
        if (options.output === "json") shell.out(`${JSON.stringify(issue, null, 2)}\n`);
        else printIssue(shell, issue);
      });
      exit(0);
    });
  const close = new Command("close")
    .description("close issues on disk; each stays closed while its alert fires without a break")
    .argument("<number...>", "their numbers")
    .option("--repo <repository>", "a folder or a bare repository", ".")
    .action(async (numbers: readonly string[], { repo }: Pick<Options, "repo">) => {
      const { forge, close: end } = await openLocal(shell, repo);
      try {
        const issues = await forge.listIssues();
        shell.hold();
        for (const number of numbers) {
          await forge.closeIssueAsPerson(findIssue(issues, number));
          shell.out(`closed #${number}\n`);
        }
      } finally {
        await end();
      }
      exit(0);
    });
  return new Command("issue").addCommand(list).addCommand(show).addCommand(close);
}

function findIssue(issues: readonly Issue[], number: string): Issue {
  const issue = issues.find((one) => String(one.number) === number);
  if (issue === undefined) throw new UsageError(`there is no issue #${number}; raos issue list --state all lists them`);
  return issue;
}
