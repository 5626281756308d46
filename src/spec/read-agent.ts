import type { Agent, AgentFacts, EffectiveAgent, SharedInputs } from "../domain/fleet.ts";
import { AgentFile } from "../domain/kinds.ts";
import type { Problem } from "../domain/problem.ts";
import type { Oid, Path } from "../domain/scalars.ts";
import { validator } from "./accept.ts";
import { type AgentPath, agentPath } from "./agent-path.ts";
import { checkAgent } from "./check-agent.ts";
import { agentLabelProblems } from "./check-labels.ts";
import { secretInPrompt, secretProblems } from "./check-secrets.ts";
import { complete } from "./complete.ts";
import { declaredLayers, environmentsOf, type Layers, layersOf } from "./layers.ts";
import { overlay, overlayAll } from "./merge.ts";
import { pointerOf } from "./pointer.ts";
import { firstOf, missing, problemAt, schemaProblems } from "./problems.ts";
import { type Prompt, readPrompt } from "./prompt.ts";
import { readYaml, type YamlDocument } from "./read-yaml.ts";
import { stageLayer } from "./stages.ts";
import { applyTemplate } from "./use-template.ts";
import { whereabouts } from "./whereabouts.ts";

const validate = validator(AgentFile);

/** An agent, or why its file holds none. */
export interface AgentReading {
  readonly agent: Agent | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads one agent file: parses, checks each layer against the schema, merges them for each environment its tenant is in,
 * and checks what only the whole tells. `prompt` answers with the bytes of a regular file of the repository, or undefined.
 * Never throws on what a file holds: mistakes are Problems, and then there is no agent.
 */
export function readAgent(
  path: Path,
  oid: Oid,
  bytes: Uint8Array,
  shared: SharedInputs,
  prompt: (path: Path) => Uint8Array | undefined,
): AgentReading {
  const place = agentPath(path);
  if (place === undefined) return whole(path, "not where an agent belongs; name it agents/<tenant>/<name>.yaml");
  const reading = readYaml(path, bytes);
  const document = reading.documents[0];
  if (document === undefined) return { agent: undefined, problems: reading.problems };
  const validated = validate(document.value);
  if (validated.kind === "issues") return failed(schemaProblems(document, AgentFile, validated.issues));
  const file = validated.value;
  const misplaced = placeProblems(document, file, place);
  if (misplaced.length > 0) return failed(misplaced);
  return assemble({ document, file, place, shared, oid, prompt });
}

interface Reading {
  readonly document: YamlDocument;
  readonly file: AgentFile;
  readonly place: AgentPath;
  readonly shared: SharedInputs;
  readonly oid: Oid;
  readonly prompt: (path: Path) => Uint8Array | undefined;
}

function assemble(reading: Reading): AgentReading {
  const { document, file, place, shared } = reading;
  const used = applyTemplate(document, file.spec.template, shared);
  const layers = layersOf(file, used.layer);
  const tenant = shared.tenants.get(place.tenant);
  const names = environmentsOf(shared.config, tenant);
  const namespace = tenant?.spec.namespace ?? place.tenant;
  const { environments, problems } =
    used.problems.length > 0
      ? { environments: NOWHERE, problems: used.problems }
      : everywhere(reading, layers, names, namespace);
  const labels = file.metadata.labels ?? {};
  const all = [
    ...problems,
    ...checkAgent(document, layers, environments, shared, place),
    ...agentLabelProblems(document, labels, shared.config),
    ...secretProblems(document),
  ];
  if (all.length > 0) return failed(all);
  const prompts = [...environments.values()].flatMap(({ spec }) => spec.instructions.file ?? []);
  const facts: AgentFacts = {
    key: place.key,
    path: document.file,
    oid: reading.oid,
    namespace,
    environments: names,
    template: file.spec.template?.ref ?? undefined,
    prompts: [...new Set(prompts)].sort(),
    calls: callsOf(environments, place.tenant),
    callsAcross: callsAcrossOf(environments, place.tenant),
    admits: admitsOf(environments),
  };
  return { agent: { ...place, path: document.file, labels, ...layers, environments, facts }, problems: [] };
}

const NOWHERE: ReadonlyMap<string, EffectiveAgent> = new Map();

/** The agent in each of its environments; those that cannot be made whole are left out and their Problems told. */
function everywhere(
  reading: Reading,
  layers: Layers,
  names: readonly string[],
  namespace: string,
): { readonly environments: ReadonlyMap<string, EffectiveAgent>; readonly problems: readonly Problem[] } {
  const { document, place, shared } = reading;
  const around = { name: place.name, namespace, prometheus: shared.config.spec.prometheus !== undefined };
  const environments = new Map<string, EffectiveAgent>();
  const problems: Problem[] = [];
  for (const environment of names) {
    const same = sameAsBefore(environments, layers, environment);
    if (same !== undefined) {
      environments.set(environment, { ...same, environment });
      continue;
    }
    const declared = overlayAll(declaredLayers(layers, environment));
    const completed = complete(overlay(stageLayer(declared, around), declared));
    if (completed.kind === "missing") {
      const paths = completed.paths.map((path) => ["spec", ...path]);
      problems.push(...paths.map((path) => problemAt(document, pointerOf(path), missing(path, AgentFile))));
      continue;
    }
    const found = promptOf(completed.spec.instructions, reading);
    const at = completed.spec.instructions.file === undefined ? ["instructions"] : ["instructions", "file"];
    const { path } = whereabouts(layers, environment, at);
    if (found.kind === "fault") problems.push(problemAt(document, pointerOf(path), found.message));
    else environments.set(environment, { environment, spec: completed.spec, prompt: found.text });
  }
  return { environments, problems };
}

/** Environments without an overlay share what they hold. */
function sameAsBefore(
  environments: ReadonlyMap<string, EffectiveAgent>,
  layers: Layers,
  environment: string,
): EffectiveAgent | undefined {
  if (layers.overlays.has(environment)) return undefined;
  for (const [name, effective] of environments) if (!layers.overlays.has(name)) return effective;
  return undefined;
}

function promptOf(
  instructions: { readonly inline?: string | undefined; readonly file?: string | undefined },
  reading: Reading,
): Prompt {
  if (instructions.inline !== undefined) return { kind: "text", text: instructions.inline.replace(/\r\n?/g, "\n") };
  if (instructions.file === undefined)
    return { kind: "fault", message: "instructions say nothing; write inline or file" };
  const read = readPrompt(instructions.file, reading.prompt);
  const secret = read.kind === "text" ? secretInPrompt(read.text) : undefined;
  return secret === undefined ? read : { kind: "fault", message: secret };
}

function callsOf(environments: ReadonlyMap<string, EffectiveAgent>, tenant: string): readonly string[] {
  const calls = new Set<string>();
  for (const { spec } of environments.values()) {
    for (const tool of spec.tools ?? [])
      if ("agent" in tool) calls.add(`${tool.agent.namespace ?? tenant}/${tool.agent.name}`);
  }
  return [...calls].sort();
}

function callsAcrossOf(
  environments: ReadonlyMap<string, EffectiveAgent>,
  tenant: string,
): readonly { readonly callee: string; readonly environments: readonly string[] }[] {
  const foreign = ({ spec }: EffectiveAgent) =>
    (spec.tools ?? []).flatMap((tool) =>
      "agent" in tool && (tool.agent.namespace ?? tenant) !== tenant
        ? [`${tool.agent.namespace}/${tool.agent.name}`]
        : [],
    );
  return whereOf(environments, foreign).map(([callee, where]) => ({ callee, environments: where }));
}

function admitsOf(
  environments: ReadonlyMap<string, EffectiveAgent>,
): readonly { readonly caller: string; readonly environments: readonly string[] }[] {
  const declared = ({ spec }: EffectiveAgent) =>
    (spec.access?.callers ?? []).map((caller) => `${caller.namespace}/${caller.appId}`);
  return whereOf(environments, declared).map(([caller, where]) => ({ caller, environments: where }));
}

/** Each name that an environment's spec yields, sorted, with the environments that do. */
function whereOf(
  environments: ReadonlyMap<string, EffectiveAgent>,
  namesOf: (agent: EffectiveAgent) => readonly string[],
): readonly (readonly [name: string, environments: readonly string[]])[] {
  const where = new Map<string, string[]>();
  for (const [environment, effective] of environments) {
    for (const name of new Set(namesOf(effective))) where.set(name, [...(where.get(name) ?? []), environment]);
  }
  return [...where].sort(([a], [b]) => (a < b ? -1 : 1));
}

function placeProblems(document: YamlDocument, file: AgentFile, place: AgentPath): readonly Problem[] {
  const problems: Problem[] = [];
  const { name, namespace } = file.metadata;
  if (name !== place.name)
    problems.push(
      problemAt(document, "/metadata/name", `${name} is not the file's name; write ${place.name}, or rename the file`),
    );
  if (namespace !== place.tenant)
    problems.push(
      problemAt(
        document,
        "/metadata/namespace",
        `${namespace} is not the file's folder; write ${place.tenant}, or move the file`,
      ),
    );
  return problems;
}

function whole(file: Path, message: string): AgentReading {
  return { agent: undefined, problems: [{ file, line: 1, column: 1, pointer: "", message }] };
}

/** Each Problem once, in the order of the file: environments repeat what they share. */
function failed(problems: readonly Problem[]): AgentReading {
  const seen = new Map(
    problems.map((problem) => [`${problem.line}:${problem.column}:${problem.pointer}:${problem.message}`, problem]),
  );
  return { agent: undefined, problems: firstOf([...seen.values()]) };
}
