import type { SharedInputs } from "../domain/fleet.ts";
import type { AgentTemplate } from "../domain/kinds.ts";
import { AgentFields } from "../domain/kinds.ts";
import type { Problem } from "../domain/problem.ts";
import { type Validated, validator } from "./accept.ts";
import { didYouMean } from "./nearest.ts";
import { pointerOf } from "./pointer.ts";
import { allComplaints, problemAt } from "./problems.ts";
import type { YamlDocument } from "./read-yaml.ts";
import { show } from "./show.ts";
import { type Argument, bind, substitute, wholeRoom } from "./template.ts";
import { MAX_SPEC_BYTES } from "./yaml-limits.ts";

const validate = validator(AgentFields);

/** The layer an agent's template makes with the agent's parameters. */
export interface UsedTemplate {
  readonly layer: AgentFields | undefined;
  readonly problems: readonly Problem[];
}

interface Reference {
  readonly ref?: string | null | undefined;
  readonly parameters?: Readonly<Record<string, Argument | null>> | null | undefined;
}

/** Finds and fills an agent's template; mistakes are Problems at the agent's own reference. */
export function applyTemplate(
  document: YamlDocument,
  reference: Reference | null | undefined,
  shared: SharedInputs,
): UsedTemplate {
  if (reference === undefined || reference === null) return { layer: undefined, problems: [] };
  const { ref } = reference;
  if (ref === undefined || ref === null)
    return only(problemAt(document, "/spec/template/ref", "ref is missing; add the name of an AgentTemplate"));
  const template = shared.templates.get(ref);
  if (template === undefined) return only(problemAt(document, "/spec/template/ref", unknownTemplate(ref, shared)));
  const { values, faults } = bind(template.spec.parameters ?? [], reference.parameters ?? {});
  if (faults.length > 0) {
    const at = (fault: { readonly parameter: string; readonly missing: boolean }) =>
      pointerOf(["spec", "template", "parameters", ...(fault.missing ? [] : [fault.parameter])]);
    return { layer: undefined, problems: faults.map((fault) => problemAt(document, at(fault), fault.message)) };
  }
  return filled(document, template, values);
}

function filled(document: YamlDocument, template: AgentTemplate, values: ReadonlyMap<string, Argument>): UsedTemplate {
  const layer = layerOf(template, values);
  const { name } = template.metadata;
  if (layer === TOO_LONG)
    return only(
      problemAt(
        document,
        "/spec/template",
        `template ${name} with these parameters is longer than ${MAX_SPEC_BYTES} characters; shorten them`,
      ),
    );
  const { made, validated } = layer;
  if (validated.kind === "value") return { layer: validated.value, problems: [] };
  const found = allComplaints(validated.issues, AgentFields, made);
  return {
    layer: undefined,
    problems: found.map(({ path, message }) =>
      problemAt(
        document,
        "/spec/template",
        `template ${name} with these parameters: ${pointerOf(["spec", ...path])}: ${message}`,
      ),
    ),
  };
}

interface MadeLayer {
  readonly made: unknown;
  readonly validated: Validated<AgentFields>;
}

/** Stands for a layer that would be longer than a spec file may be. */
const TOO_LONG: MadeLayer = { made: undefined, validated: { kind: "issues", issues: [] } };

/** Layers made before: many agents give the same template the same parameters. */
const madeLayers = new WeakMap<AgentTemplate, Map<string, MadeLayer>>();
const MOST_LAYERS = 64;

function layerOf(template: AgentTemplate, values: ReadonlyMap<string, Argument>): MadeLayer {
  const known = madeLayers.get(template) ?? new Map<string, MadeLayer>();
  madeLayers.set(template, known);
  const key = JSON.stringify([...values]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const room = wholeRoom();
  const made = substitute(template.spec.agent, values, room);
  const layer = room.left < 0 ? TOO_LONG : { made, validated: validate(made) };
  if (known.size < MOST_LAYERS) known.set(key, layer);
  return layer;
}

function unknownTemplate(ref: string, shared: SharedInputs): string {
  if (shared.broken?.templates.has(ref))
    return `template ${ref} has Problems of its own; mend templates/${ref}.yaml first`;
  const names = [...shared.templates.keys()];
  return `unknown template ${show(ref)}; ${didYouMean(ref, names, names.length === 0 ? "add it under templates/" : `there are ${names.slice(0, 10).join(", ")}`)}`;
}

function only(problem: Problem): UsedTemplate {
  return { layer: undefined, problems: [problem] };
}
