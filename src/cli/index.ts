import { Command, CommanderError } from "commander";
import { packageVersion } from "../app/package-root.ts";
import { type ExitCode, OutsideError, type Shell, UsageError } from "../app/shell.ts";
import { ForgeError } from "../forge/forge.ts";
import { GitError } from "../git/git-error.ts";
import { redactKnownSecrets } from "../redaction/redact-secrets.ts";

/** Makes a command; its action passes the exit code to `exit`. */
export type CommandOf = (shell: Shell, exit: (code: ExitCode) => void) => Command;

/** What is known of a command before it is loaded. */
interface Entry {
  readonly description: string;
  readonly load: () => Promise<CommandOf>;
}

/** The table of commands: a new one is a file here and an entry below. Only the one that is asked for is loaded. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  init: {
    description:
      "write raos.yaml, a first tenant and agent, and the object that a cluster deploys from; never overwrites",
    load: async () => (await import("./init.ts")).initCommand,
  },
  validate: {
    description: "check specs, templates, Models, tenants, policies and raos.yaml",
    load: async () => (await import("./validate.ts")).validateCommand,
  },
  schema: {
    description: "print the JSON Schema of a kind, for editors and other tools",
    load: async () => (await import("./schema.ts")).schemaCommand,
  },
  compile: {
    description: "print the files that specs generate",
    load: async () => (await import("./compile.ts")).compileCommand,
  },
  plan: {
    description: "show what would be generated and changed, as a diff",
    load: async () => (await import("./plan.ts")).planCommand,
  },
  reconcile: {
    description: "open, update and close a repository's pull requests as its specs and alerts ask for, once",
    load: async () => (await import("./reconcile.ts")).reconcileCommand,
  },
  serve: {
    description:
      "run as a service: GitHub webhooks, alerts, a timer that reads everything again, /healthz, /readyz, /metrics",
    load: async () => (await import("./serve.ts")).serveCommand,
  },
  agent: {
    description: "run the stock agent, which serves a spec that names no image; charts/agent starts it so",
    load: async () => (await import("./agent.ts")).agentCommand,
  },
  app: {
    description: "register the GitHub App of an organisation",
    load: async () => (await import("./setup/app.ts")).appCommand,
  },
  doctor: {
    description: "say what works of all that RAOS depends on, what does not, and how to mend it; changes nothing",
    load: async () => (await import("./setup/doctor.ts")).doctorCommand,
  },
  pr: {
    description: "work with the pull requests of a repository: list, show, diff, merge, close, reopen, adopt",
    load: async () => (await import("./pr.ts")).prCommand,
  },
  issue: {
    description: "list, show and close the issues that RAOS opened",
    load: async () => (await import("./issue.ts")).issueCommand,
  },
  policy: {
    description: "work with guardrails and remedies",
    load: async () => (await import("./policy.ts")).policyCommand,
  },
  replay: {
    description:
      "run the policies of today on past alerts, and write nothing; a pull request counts as merged once its alert has ended",
    load: async () => (await import("./replay.ts")).replayCommand,
  },
  create: {
    description: "ask for a new agent: opens the pull request with its spec and everything generated from it",
    load: async () => (await import("./requests/create.ts")).createCommand,
  },
  change: {
    description: "ask for a change of an agent in words: opens the pull request that edits its spec",
    load: async () => (await import("./requests/change.ts")).changeCommand,
  },
  hold: {
    description: "have RAOS open and merge nothing for an agent, until it is released",
    load: async () => (await import("./delivery/hold.ts")).holdCommand,
  },
  promote: {
    description: "open the pull request that brings an agent's change into its next environments, without waiting",
    load: async () => (await import("./delivery/promote.ts")).promoteCommand,
  },
  lineage: {
    description: "show who asked for an agent, which agents it asked for, and what is left of each grant",
    load: async () => (await import("./grants/lineage.ts")).lineageCommand,
  },
  report: {
    description: "say how often, how fast and how well changes were delivered, and what became of each remedy's",
    load: async () => (await import("./delivery/report.ts")).reportCommand,
  },
  status: {
    description: "say for every agent and environment what the default branch wants, what runs, and what holds it up",
    load: async () => (await import("./delivery/status.ts")).statusCommand,
  },
  demo: {
    description: "run the main job on a sample fleet in a new repository; needs no account, key or cluster",
    load: async () => (await import("./demo.ts")).demoCommand,
  },
};

/** Runs one command line (without `node` and the program's path). Returns the exit code; never throws. */
export async function run(argv: readonly string[], outer: Shell): Promise<ExitCode> {
  // Whatever an error quotes, secrets are masked.
  const shell: Shell = { ...outer, err: (text) => outer.err(redactKnownSecrets(text)) };
  let code: ExitCode = 0;
  const program = new Command("raos")
    .description("From agent specs and alerts in Git to reviewed pull requests")
    .version(packageVersion())
    .showHelpAfterError("(raos --help lists the commands)");
  const exit = (answer: ExitCode) => {
    code = answer;
  };
  for (const [name, { description, load }] of Object.entries(COMMANDS)) {
    const command = argv.includes(name) ? (await load())(shell, exit) : new Command(name);
    program.addCommand(command.description(description));
  }
  for (const command of [program, ...allCommands(program)]) {
    command.exitOverride().configureOutput({ writeOut: shell.out, writeErr: shell.err });
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return failure(error, shell);
  }
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

function failure(error: unknown, shell: Shell): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    shell.err(`raos: ${error.message}\n`);
    return 2;
  }
  if (error instanceof OutsideError || error instanceof ForgeError || error instanceof GitError) {
    shell.err(`raos: ${error.message}\n`);
    return 3;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  shell.err(`raos: this is a bug in raos, please report it: ${text}\n`);
  return 3;
}
