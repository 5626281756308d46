import { Command } from "commander";
import { type ExitCode, type Shell, UsageError } from "../app/shell.ts";
import { jsonSchemas } from "../spec/schema/schema.ts";

/** `raos schema [kind]`: the JSON Schema of one kind, or of every kind at once. */
export function schemaCommand(shell: Shell, _exit: (code: ExitCode) => void): Command {
  return new Command("schema")
    .argument(
      "[kind]",
      "Agent, AgentTemplate, Model, Tenant, Config, Guardrail or Remedy; left out: all of them as one schema",
    )
    .action((kind: string | undefined) => {
      const schemas: Readonly<Record<string, object>> = jsonSchemas();
      const wanted = (kind ?? "raos").toLowerCase();
      const schema = Object.hasOwn(schemas, wanted) ? schemas[wanted] : undefined;
      if (schema === undefined)
        throw new UsageError(`there is no kind "${kind}"; write one of ${Object.keys(schemas).join(", ")}`);
      shell.out(`${JSON.stringify(schema, null, 2)}\n`);
    });
}
