import { Command, InvalidArgumentError } from "commander";
import { type ExitCode, type Shell, UsageError } from "../../app/shell.ts";
import type { ServerKind } from "../../app/world/forges/remote-forge.ts";
import { openWorld } from "../../app/world/open-world.ts";
import { PATH_HELP, repositoryFolder } from "../../app/world/repository-folder.ts";
import { createFromTemplate } from "../../commands/requests/create-from-template.ts";
import { createFromWords } from "../../commands/requests/create-from-words.ts";
import type { AskedInPass } from "../../commands/requests/submit-request.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import { forgeOption } from "../print/forge-option.ts";
import { outputOption } from "../print/output-option.ts";
import { printable } from "../print/print-problems.ts";
import { personAtTheKeyboard } from "./person.ts";
import { printSubmitted } from "./print-submitted.ts";
import { collect, submitOptions, submitWords } from "./submit-words.ts";

interface Options {
  readonly repo: string;
  readonly path?: string;
  readonly forge?: ServerKind;
  readonly tenant?: string;
  readonly name?: string;
  readonly template?: string;
  readonly set: ReadonlyMap<string, string>;
  readonly description?: string;
  readonly answer: readonly string[];
  readonly dryRun?: true;
  readonly output?: "json";
}

/** `raos create "…"`, or `raos create --template X --set k=v`: opens the pull request that creates an agent. */
export function createCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("create")
    .argument("[text]", "what the agent is to do, in words; a model writes its spec")
    .option("--repo <repository>", "a folder, a bare repository or an https URL", ".")
    .addOption(forgeOption())
    .option("--path <folder>", PATH_HELP)
    .option("--tenant <tenant>", "the tenant that the agent belongs to")
    .option("--name <name>", "the agent's name")
    .option("--template <template>", "make it from this AgentTemplate, without asking a model")
    .option("--set <parameter=value>", "a parameter of the template; repeat it for others", readValue, new Map())
    .option("--description <text>", "what the agent does; left out: as the template says")
    .option("--answer <text>", "an answer to a question that was asked; repeat it for others", collect, [])
    .option("--dry-run", "show what would be opened, and write nothing")
    .addOption(outputOption("json"))
    .action(async (text: string | undefined, options: Options) => {
      const ask = askedFor(text, options);
      const { world, close } = await openWorld(shell, options.repo, {
        folder: repositoryFolder(options.path),
        server: options.forge,
      });
      try {
        shell.hold();
        const submitted = await submitWords(shell, world, ask, submitOptions(shell, options));
        exit(printSubmitted(shell, submitted, { isDryRun: options.dryRun === true, output: options.output }));
      } finally {
        await close();
      }
    });
}

function askedFor(text: string | undefined, options: Options): (answers: readonly string[]) => AskedInPass {
  const { tenant, name, template, set, description } = options;
  if (text !== undefined && template !== undefined)
    throw new UsageError("write either what the agent is to do, or --template with --set");
  if (tenant !== undefined && name !== undefined && !isAgentKey(`${tenant}/${name}`))
    throw new UsageError(
      `${printable(`${tenant}/${name}`)} is no agent's name; use lower-case letters, digits and '-'`,
    );
  const from = personAtTheKeyboard();
  if (text !== undefined) return (answers) => createFromWords({ from, words: text, answers, tenant, name });
  if (template === undefined)
    throw new UsageError("say what the agent is to do, in words, or say which template: --template <template>");
  if (tenant === undefined || name === undefined)
    throw new UsageError("say whose agent it is and how it is called: --tenant <tenant> --name <name>");
  return () => createFromTemplate({ from, tenant, name, template, values: set, description });
}

function readValue(text: string, known: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("write parameter=value");
  return new Map([...known, [text.slice(0, at), text.slice(at + 1)]]);
}
