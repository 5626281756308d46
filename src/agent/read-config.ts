import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { AgentConfig } from "../domain/agent/agent-config.ts";
import { problem } from "../domain/kinds/policy-document.ts";
import type { Problem } from "../domain/problem.ts";
import { schemaProblems } from "../spec/problems/problems.ts";
import { readYaml, type YamlDocument } from "../spec/yaml/read-yaml.ts";
import { lackOfModel } from "./run/provider.ts";
import { missingVariables } from "./tools/mcp-servers.ts";

export type AgentFiles =
  | { readonly kind: "read"; readonly config: AgentConfig; readonly instructions: string; readonly card: unknown }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads agent.json, the prompt and the card beside it, and what they need of the environment; Problems where anything is wrong. */
export async function readAgentFiles(file: string, env: Environment): Promise<AgentFiles> {
  const bytes = await bytesOf(file);
  if (bytes === undefined)
    return failed([lackOf(file, "cannot be read; name the agent.json that charts/agent writes")]);
  const { documents, problems } = readYaml(file, bytes);
  const [document] = documents;
  if (document === undefined) return failed(problems);
  const parsed = AgentConfig.safeParse(document.value);
  if (!parsed.success) return failed(schemaProblems(document, AgentConfig, parsed.error.issues));
  return readBeside(document, parsed.data, env);
}

async function readBeside(document: YamlDocument, config: AgentConfig, env: Environment): Promise<AgentFiles> {
  const folder = dirname(resolve(document.file));
  const [instructions, card] = await Promise.all([
    bytesOf(resolve(folder, config.instructions)),
    config.card === undefined ? undefined : bytesOf(resolve(folder, config.card)),
  ]);
  const json = card === undefined ? undefined : jsonOf(card);
  const lack = lackOfModel(config.model, env);
  const problems = [
    ...(instructions === undefined
      ? [problem(document, ["instructions"], `the file ${config.instructions} cannot be read`)]
      : []),
    ...(config.card !== undefined && json === undefined
      ? [problem(document, ["card"], `the file ${config.card} is no JSON that can be read`)]
      : []),
    ...(lack === undefined ? [] : [problem(document, ["model"], lack)]),
    ...missingVariables(config.mcpServers, env).map(({ path, variable }) =>
      problem(document, path, `${variable} is not set; its Secret fills it in the pod`),
    ),
  ];
  if (problems.length > 0 || instructions === undefined) return failed(problems);
  return { kind: "read", config, instructions: instructions.toString("utf8"), card: json };
}

function failed(problems: readonly Problem[]): AgentFiles {
  return { kind: "problems", problems };
}

function lackOf(file: string, message: string): Problem {
  return { file, line: 1, column: 1, pointer: "", message };
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
