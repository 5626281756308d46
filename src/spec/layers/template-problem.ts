import type { AgentKey, SharedInputs, TemplateFile } from "../../domain/fleet.ts";
import type { AgentTemplate } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { problemAt } from "../problems/problems.ts";
import { agentPath } from "../read/agent-path.ts";
import { isMap, valueAt } from "../values.ts";
import { readYaml, type YamlDocument } from "../yaml/read-yaml.ts";
import { usedIn } from "./template.ts";

/** Something wrong with a value that a template gives; the path starts below `/spec` of the agent. */
export interface TemplateFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly part?: "key" | "value" | undefined;
}

interface Use {
  readonly ref?: string | null | undefined;
  readonly parameters?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * The Problem of a value that comes from an agent's template: at the parameter with which the agent gives it, else in the
 * template's file, where it is the same for every agent. `document` is the agent's.
 */
export function problemOfTemplate(
  document: YamlDocument,
  use: Use | null | undefined,
  fault: TemplateFault,
  shared: SharedInputs,
): Problem {
  const name = use?.ref ?? "";
  const template = shared.templates.get(name);
  const file = shared.templateFiles?.get(name);
  const text = `from template ${name}, ${pointerOf(["spec", ...fault.path])}: ${fault.message}`;
  const parameter = template === undefined ? undefined : parameterAt(template, fault.path);
  if (parameter !== undefined && Object.hasOwn(use?.parameters ?? {}, parameter))
    return problemAt(document, pointerOf(["spec", "template", "parameters", parameter]), text);
  const source = file === undefined ? undefined : documentOf(file);
  if (template === undefined || source === undefined) return problemAt(document, "/spec/template", text);
  const index = template.spec.parameters?.findIndex((one) => one.name === parameter) ?? -1;
  const at = index < 0 ? ["spec", "agent", ...fault.path] : ["spec", "parameters", index, "default"];
  const found = problemAt(source, pointerOf(at), index < 0 ? fault.message : withPath(fault), fault.part);
  return { ...found, agent: agentOf(document) };
}

/** The key of the agent whose file a document is. */
export function agentOf({ file }: YamlDocument): AgentKey {
  return agentPath(file)?.key ?? file;
}

function withPath({ path, message }: TemplateFault): string {
  return `as ${pointerOf(["spec", "agent", ...path])}: ${message}`;
}

/** The parameter that gives the value at a path; undefined where the template itself writes it. */
function parameterAt(template: AgentTemplate, path: readonly PropertyKey[]): string | undefined {
  let value: unknown = template.spec.agent;
  for (const step of path) if (typeof value !== "string") value = valueAt(value, [step]);
  const used = typeof value === "string" ? usedIn(value) : [];
  return used.find((name) => template.spec.parameters?.some((parameter) => parameter.name === name) === true);
}

/** Kept, since a mistake of a template shows in many agents. */
const documents = new WeakMap<Uint8Array, YamlDocument>();

function documentOf({ path, bytes }: TemplateFile): YamlDocument | undefined {
  const known = documents.get(bytes) ?? readYaml(path, bytes).documents[0];
  if (known !== undefined) documents.set(bytes, known);
  return known;
}

/** The path, below `/spec` of the agent, at which a template names a peer; undefined where it does not, or by a parameter. */
export function peerInTemplate(
  name: string | undefined,
  isPeer: (peer: Readonly<Record<string, unknown>>) => boolean,
  shared: SharedInputs,
): readonly PropertyKey[] | undefined {
  const template = name === undefined ? undefined : shared.templates.get(name);
  const tools: unknown = template?.spec.agent.tools;
  const index = (Array.isArray(tools) ? tools : []).findIndex((tool: unknown) => {
    const peer = valueAt(tool, ["agent"]);
    return isMap(peer) && isPeer(peer);
  });
  return index < 0 ? undefined : ["tools", index, "agent", "name"];
}
