import { userInfo } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { type ExitCode, type Shell, UsageError } from "../../app/shell.ts";
import type { ServerKind } from "../../app/world/forges/remote-forge.ts";
import { openWorld } from "../../app/world/open-world.ts";
import { PATH_HELP, repositoryFolder } from "../../app/world/repository-folder.ts";
import { createFromTemplate } from "../../commands/requests/create-from-template.ts";
import { submitRequest } from "../../commands/requests/submit-request.ts";
import type { Principal } from "../../domain/request/principal.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import { forgeOption } from "../print/forge-option.ts";
import { outputOption } from "../print/output-option.ts";
import { printable } from "../print/print-problems.ts";
import { printSubmitted } from "./print-submitted.ts";

interface Options {
  readonly repo: string;
  readonly path?: string;
  readonly forge?: ServerKind;
  readonly tenant?: string;
  readonly name?: string;
  readonly template?: string;
  readonly set: ReadonlyMap<string, string>;
  readonly description?: string;
  readonly dryRun?: true;
  readonly output?: "json";
}

/** `raos create --template X --set k=v`: opens the pull request that creates an agent. */
export function createCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("create")
    .option("--repo <repository>", "a folder, a bare repository or an https URL", ".")
    .addOption(forgeOption())
    .option("--path <folder>", PATH_HELP)
    .option("--tenant <tenant>", "the tenant that the agent belongs to")
    .option("--name <name>", "the agent's name")
    .option("--template <template>", "make it from this AgentTemplate, without asking a model")
    .option("--set <parameter=value>", "a parameter of the template; repeat it for others", readValue, new Map())
    .option("--description <text>", "what the agent does; left out: as the template says")
    .option("--dry-run", "show what would be opened, and write nothing")
    .addOption(outputOption("json"))
    .action(async (options: Options) => {
      const asked = askedFor(options);
      const { world, close } = await openWorld(shell, options.repo, {
        folder: repositoryFolder(options.path),
        server: options.forge,
      });
      try {
        shell.hold();
        const submitted = await submitRequest(world, createFromTemplate(asked), options.dryRun === true);
        exit(printSubmitted(shell, submitted, { isDryRun: options.dryRun === true, output: options.output }));
      } finally {
        await close();
      }
    });
}

function askedFor({ tenant, name, template, set, description }: Options) {
  if (template === undefined) throw new UsageError("say which template: --template <template>");
  if (tenant === undefined || name === undefined)
    throw new UsageError("say whose agent it is and how it is called: --tenant <tenant> --name <name>");
  if (!isAgentKey(`${tenant}/${name}`))
    throw new UsageError(
      `${printable(`${tenant}/${name}`)} is no agent's name; use lower-case letters, digits and '-'`,
    );
  return { from: personAtTheKeyboard(), tenant, name, template, values: set, description };
}

/** Who runs the command: whoever may push to the repository may ask for an agent in it, and is named in the pull request. */
function personAtTheKeyboard(): Principal {
  const login = userInfo()
    .username.replace(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  return { kind: "person", login: login === "" ? "unknown" : login.slice(0, 64) };
}

function readValue(text: string, known: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("write parameter=value");
  return new Map([...known, [text.slice(0, at), text.slice(at + 1)]]);
}
