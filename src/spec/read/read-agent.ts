import type { Agent, EffectiveAgent, SharedInputs } from "../../domain/fleet.ts";
import { readLineage } from "../../domain/grant/read-lineage.ts";
import { sourcesOf } from "../../domain/kinds/environment-sources.ts";
import { AgentFile } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import type { Oid, Path } from "../../domain/values/scalars.ts";
import { checkAgent } from "../check/check-agent.ts";
import { agentLabelProblems } from "../check/check-labels.ts";
import { secretInPrompt, secretProblems } from "../check/check-secrets.ts";
import { lineageProblems } from "../check/grant/check-lineage.ts";
import { checkModelRefs } from "../check/model/check-model-refs.ts";
import { setsValueAt } from "../edit/place-of-edit.ts";
import { completeSpec } from "../layers/complete.ts";
import { declaredLayers, environmentsOf, isPlainIn, type Layers, layersOf } from "../layers/layers.ts";
import { overlay, overlayAll } from "../layers/merge.ts";
import { stageLayer } from "../layers/stages.ts";
import { problemOfTemplate } from "../layers/template-problem.ts";
import { applyTemplate } from "../layers/use-template.ts";
import { firstOf, missing, problemAt, schemaProblems } from "../problems/problems.ts";
import { readYaml, type YamlDocument } from "../yaml/read-yaml.ts";
import { createValidator } from "./accept.ts";
import { factsOf } from "./agent-facts.ts";
import { type AgentPath, agentPath } from "./agent-path.ts";
import { type Prompt, readPrompt } from "./prompt.ts";
import { specProblem } from "./spec-problem.ts";
import { upgradedImages } from "./upgraded-images.ts";

const validate = createValidator(AgentFile);

/** An agent, or the Problems of its file. */
export interface AgentReading {
  readonly agent: Agent | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads one agent file: parses it, checks each layer against the schema, merges the layers for each environment of its tenant,
 * and checks the results. `prompt` returns the bytes of a regular file of the repository, or undefined. A file's content never
 * makes it throw: mistakes are Problems, and then there is no agent.
 */
export function readAgent(
  path: Path,
  oid: Oid,
  bytes: Uint8Array,
  shared: SharedInputs,
  prompt: (path: Path) => Uint8Array | undefined,
): AgentReading {
  const place = agentPath(path);
  if (place === undefined) return whole(path, "not the path of an agent; move the file to agents/<tenant>/<name>.yaml");
  const reading = readYaml(path, bytes);
  const document = reading.documents[0];
  if (document === undefined) return { agent: undefined, problems: reading.problems };
  const validated = validate(document.value);
  if (validated.kind === "issues") return failReading(schemaProblems(document, AgentFile, validated.issues));
  const file = validated.value;
  const misplaced = placeProblems(document, file, place);
  if (misplaced.length > 0) return failReading(misplaced);
  if (shared.broken?.config === true) return failReading(problemsWithoutConfig(document, file, shared, place.tenant));
  return assemble({ document, file, place, shared, oid, prompt });
}

/** What is wrong whatever raos.yaml says: with a broken one, all else would follow from it. */
function problemsWithoutConfig(
  document: YamlDocument,
  file: AgentFile,
  shared: SharedInputs,
  tenant: string,
): readonly Problem[] {
  const used = applyTemplate(document, file.spec.template, shared);
  const layers = layersOf(file, used.layer, shared.models);
  return [...used.problems, ...checkModelRefs(document, layers, shared, tenant), ...secretProblems(document)];
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
  const layers = layersOf(file, used.layer, shared.models);
  const unusable = [...used.problems, ...checkModelRefs(document, layers, shared, place.tenant)];
  const tenant = shared.tenants.get(place.tenant);
  const names = environmentsOf(shared.config, tenant);
  const namespace = tenant?.spec.namespace ?? place.tenant;
  const { environments, problems } =
    unusable.length > 0
      ? { environments: NO_ENVIRONMENTS, problems: unusable }
      : effectiveAgents(reading, layers, names, namespace);
  const labels = file.metadata.labels ?? {};
  const lineage = readLineage(file.metadata.annotations ?? {});
  const all = [
    ...problems,
    ...checkAgent(document, layers, environments, shared, place),
    ...agentLabelProblems(document, labels, shared.config),
    ...lineageProblems(document, lineage),
    ...secretProblems(document),
  ];
  if (all.length > 0) return failReading(all);
  const template = file.spec.template?.ref ?? undefined;
  const models = [...layers.models.keys()].sort();
  const facts = factsOf(
    {
      ...{ key: place.key, path: document.file, oid: reading.oid, namespace, template, models },
      upgrades: upgradedImages(layers, environments),
    },
    names,
    environments,
    { lineage: lineage.kind === "lineage" ? lineage.lineage : undefined, labels },
  );
  return { agent: { ...place, path: document.file, labels, ...layers, environments, facts }, problems: [] };
}

const NO_ENVIRONMENTS: ReadonlyMap<string, EffectiveAgent> = new Map();

/** The agent in each of its environments, and the Problems of those where it is incomplete. */
function effectiveAgents(
  reading: Reading,
  layers: Layers,
  names: readonly string[],
  namespace: string,
): { readonly environments: ReadonlyMap<string, EffectiveAgent>; readonly problems: readonly Problem[] } {
  const { document, place, shared } = reading;
  const hasPrometheus = (environment: string) => sourcesOf(shared.config, environment).prometheus !== undefined;
  const environments = new Map<string, EffectiveAgent>();
  const problems: Problem[] = [];
  for (const environment of names) {
    const prometheus = hasPrometheus(environment);
    const alike = [...environments.values()].filter((one) => hasPrometheus(one.environment) === prometheus);
    const same = sameAsBefore(alike, layers, environment);
    if (same !== undefined) {
      environments.set(environment, { ...same, environment });
      continue;
    }
    const declared = overlayAll(declaredLayers(layers, environment));
    const completed = completeSpec(
      overlay(stageLayer(declared, { name: place.name, namespace, prometheus }), declared),
    );
    if (completed.kind === "missing") {
      problems.push(...completed.paths.map((path) => missingProblem(reading, layers, path)));
      continue;
    }
    const found = promptOf(completed.spec.instructions, reading);
    const at = completed.spec.instructions.file === undefined ? ["instructions"] : ["instructions", "file"];
    if (found.kind === "fault") {
      const fault = { path: at, message: found.message };
      problems.push(specProblem(document, layers, environment, fault, shared));
    } else environments.set(environment, { environment, spec: completed.spec, prompt: found.text });
  }
  return { environments, problems };
}

/** A required field that no layer sets: where the template writes what it belongs to, it is missing in the template. */
function missingProblem({ document, shared }: Reading, layers: Layers, path: readonly string[]): Problem {
  const message = missing(["spec", ...path], AgentFile);
  const above = path.slice(0, -1);
  const isOwn = setsValueAt(layers.own, above) || above.length === 0;
  if (isOwn || !setsValueAt(layers.template, above)) return problemAt(document, pointerOf(["spec", ...path]), message);
  return problemOfTemplate(document, layers.own.template, { path, message }, shared);
}

/** Environments in which nothing differs have the same effective agent, where both have a Prometheus or neither has. */
function sameAsBefore(
  alike: readonly EffectiveAgent[],
  layers: Layers,
  environment: string,
): EffectiveAgent | undefined {
  if (!isPlainIn(layers, environment)) return undefined;
  return alike.find((one) => isPlainIn(layers, one.environment));
}

function promptOf(
  instructions: { readonly inline?: string | undefined; readonly file?: string | undefined },
  reading: Reading,
): Prompt {
  if (instructions.inline !== undefined) return { kind: "text", text: instructions.inline.replace(/\r\n?/g, "\n") };
  if (instructions.file === undefined)
    return { kind: "fault", message: "instructions are empty; write inline or file" };
  const read = readPrompt(instructions.file, reading.prompt);
  const secret = read.kind === "text" ? secretInPrompt(read.text) : undefined;
  return secret === undefined ? read : { kind: "fault", message: secret };
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

/** Each Problem once, in the order of the file: several environments may have the same one. */
function failReading(problems: readonly Problem[]): AgentReading {
  const seen = new Map(
    problems.map((problem) => [
      `${problem.file}:${problem.line}:${problem.column}:${problem.pointer}:${problem.message}`,
      problem,
    ]),
  );
  return { agent: undefined, problems: firstOf([...seen.values()]) };
}
