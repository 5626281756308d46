import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { dump } from "js-yaml";
import { type ExitCode, OutsideError, type Shell, UsageError } from "../app/shell.ts";
import { readFolder } from "../app/world/folder.ts";
import { compile, compileTenant } from "../compile/index.ts";
import { parseDeployPath } from "../domain/deployed/deploy-path.ts";
import type { Agent, Origin } from "../domain/fleet.ts";
import type { Path } from "../domain/values/scalars.ts";
import { explain } from "../spec/layers/explain.ts";
import type { FleetReading } from "../spec/read/read-fleet.ts";
import { organisationOption } from "./print/organisation-option.ts";
import { outputOption } from "./print/output-option.ts";
import { printable, printProblems } from "./print/print-problems.ts";

interface Options {
  readonly organisationConfig?: string;
  readonly agent?: string;
  readonly environment?: string;
  readonly explain?: boolean;
  readonly outputDir?: string;
  readonly quiet?: boolean;
  readonly output?: "json" | "yaml";
}

/** `raos compile [folder]`: the files that the folder's specs generate. */
export function compileCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("compile")
    .argument("[folder]", "folder of the repository; its working files, committed or not", ".")
    .option("--agent <tenant/name>", "only this agent")
    .option("--environment <name>", "only this environment")
    .addOption(organisationOption())
    .option("--explain", "show where each value of the agent comes from, instead of the files")
    .option("--output-dir <folder>", "write the files below this folder instead of printing them")
    .option("-q, --quiet", "print no problems")
    .addOption(outputOption("json", "yaml"))
    .action(async (folder: string, options: Options) => {
      const reading = await readFolder(shell, folder, options.organisationConfig);
      if (options.quiet !== true) printProblems({ ...shell, out: shell.err }, reading.problems, "text");
      const agents = selectAgents(reading, options);
      if (options.explain === true) printExplanations(shell, reading, agents, options);
      else await printFiles(shell, filesOf(reading, agents, options), options);
      exit(reading.problems.length === 0 ? 0 : 1);
    });
}

function selectAgents(reading: FleetReading, options: Options): readonly Agent[] {
  if (!reading.usable) return [];
  const environments = reading.fleet.config.spec.environments.map((environment) => environment.name);
  if (options.environment !== undefined && !environments.includes(options.environment)) {
    throw new UsageError(`there is no environment "${options.environment}"; raos.yaml has ${environments.join(", ")}`);
  }
  const all = [...reading.agents.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  if (options.agent === undefined) return all;
  const one = all.filter((agent) => agent.key === options.agent);
  if (one.length === 0)
    throw new UsageError(
      `there is no agent without problems called "${options.agent}"; write tenant/name, one of ${all
        .slice(0, 10)
        .map((agent) => agent.key)
        .join(", ")}`,
    );
  return one;
}

function filesOf(reading: FleetReading, agents: readonly Agent[], options: Options): ReadonlyMap<Path, string> {
  const files = new Map<Path, string>();
  const within = (path: Path) =>
    options.environment === undefined || parseDeployPath(path)?.environment === options.environment;
  for (const agent of agents)
    for (const [path, text] of compile(agent, reading.fleet)) if (within(path)) files.set(path, text);
  const tenants = options.agent === undefined ? new Set(agents.map((agent) => agent.tenant)) : [];
  for (const tenant of tenants)
    for (const [path, text] of compileTenant(tenant, reading.fleet)) if (within(path)) files.set(path, text);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Prints the files, or writes them to a folder. The tenants' copies of the chart are only written: they are not compiled from specs. */
async function printFiles(shell: Shell, files: ReadonlyMap<Path, string>, options: Options): Promise<void> {
  if (options.outputDir !== undefined) return writeFiles(shell, files, resolve(shell.cwd, options.outputDir));
  const printed = [...files].filter(([path]) => parseDeployPath(path)?.kind !== "chart");
  if (options.output === "json") return shell.out(`${JSON.stringify(Object.fromEntries(printed), null, 2)}\n`);
  if (options.output === "yaml") return shell.out(dump(Object.fromEntries(printed)));
  for (const [path, text] of printed) shell.out(`---\n# Source: ${path}\n${text}`);
}

async function writeFiles(shell: Shell, files: ReadonlyMap<Path, string>, folder: string): Promise<void> {
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  } catch (error) {
    throw new OutsideError(`cannot write below ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
  shell.out(`wrote ${files.size} files below ${folder}\n`);
}

/** Layers from a file that several agents share: the line names it. */
const SHARED_ORIGINS: ReadonlySet<Origin> = new Set(["template", "model"]);

function printExplanations(
  shell: Shell,
  { fleet, inherited }: FleetReading,
  agents: readonly Agent[],
  options: Options,
): void {
  const rows = agents.flatMap((agent) =>
    [...agent.environments.keys()]
      .filter((environment) => options.environment === undefined || environment === options.environment)
      .map((environment) => ({ agent: agent.key, environment, values: explain(agent, environment, fleet) })),
  );
  if (options.output !== undefined) {
    shell.out(options.output === "json" ? `${JSON.stringify(rows, null, 2)}\n` : dump(rows, { skipInvalid: true }));
    return;
  }
  if (inherited !== undefined && inherited.fields.length > 0)
    shell.out(`${inherited.fields.join(", ")} of raos.yaml: inherited from ${printable(inherited.from)}\n`);
  for (const { agent, environment, values } of rows) {
    shell.out(`${agent} in ${environment}\n`);
    for (const { origin, pointer, value, file } of values) {
      const shown = printable(`${pointer}: ${JSON.stringify(value)}`).slice(0, 200);
      const from = SHARED_ORIGINS.has(origin) && file !== undefined ? ` (${printable(file)})` : "";
      shell.out(`  ${origin.padEnd(11)} ${shown}${from}\n`);
    }
  }
}
