import type { SharedInputs } from "../../domain/fleet.ts";
import type { AgentTemplate } from "../../domain/kinds/kinds.ts";
import { AgentFields } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { displayValue } from "../problems/display-value.ts";
import { didYouMean } from "../problems/nearest.ts";
import { allComplaints, problemAt } from "../problems/problems.ts";
import { createValidator, type Validated } from "../read/accept.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";
import { MAX_SPEC_BYTES } from "../yaml/yaml-limits.ts";
import { type Argument, bind, fullBudget, substitute } from "./template.ts";
import { agentOf, problemOfTemplate } from "./template-problem.ts";

const validate = createValidator(AgentFields);

/** The layer that an agent's template gives with the agent's parameters. */
export interface UsedTemplate {
  readonly layer: AgentFields | undefined;
  readonly problems: readonly Problem[];
}

interface Reference {
  readonly ref?: string | null | undefined;
  readonly parameters?: Readonly<Record<string, Argument | null>> | null | undefined;
}

/** Finds and fills an agent's template; mistakes are Problems where they are: the agent's reference, or the template. */
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
  if (template === undefined) return only(unknownTemplate(document, ref, shared));
  const { values, faults } = bind(template.spec.parameters ?? [], reference.parameters ?? {});
  if (faults.length > 0) {
    const at = (fault: { readonly parameter: string; readonly missing: boolean }) =>
      pointerOf(["spec", "template", "parameters", ...(fault.missing ? [] : [fault.parameter])]);
    return { layer: undefined, problems: faults.map((fault) => problemAt(document, at(fault), fault.message)) };
  }
  return fillTemplate(document, reference, template, values, shared);
}

function fillTemplate(
  document: YamlDocument,
  reference: Reference,
  template: AgentTemplate,
  values: ReadonlyMap<string, Argument>,
  shared: SharedInputs,
): UsedTemplate {
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
  return { layer: undefined, problems: found.map((fault) => problemOfTemplate(document, reference, fault, shared)) };
}

interface MadeLayer {
  readonly made: unknown;
  readonly validated: Validated<AgentFields>;
}

/** The value for a layer that would be longer than a spec file may be. */
const TOO_LONG: MadeLayer = { made: undefined, validated: { kind: "issues", issues: [] } };

/** Layers that are kept, since many agents use the same template with the same parameters. */
const madeLayers = new WeakMap<AgentTemplate, Map<string, MadeLayer>>();
const MOST_LAYERS = 64;

function layerOf(template: AgentTemplate, values: ReadonlyMap<string, Argument>): MadeLayer {
  const known = madeLayers.get(template) ?? new Map<string, MadeLayer>();
  madeLayers.set(template, known);
  const key = JSON.stringify([...values]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const room = fullBudget();
  const made = substitute(template.spec.agent, values, room);
  const layer = room.left < 0 ? TOO_LONG : { made, validated: validate(made) };
  if (known.size < MOST_LAYERS) known.set(key, layer);
  return layer;
}

function unknownTemplate(document: YamlDocument, ref: string, shared: SharedInputs): Problem {
  const at = "/spec/template/ref";
  const follows = shared.broken?.templates.get(ref);
  if (follows !== undefined)
    return { ...problemAt(document, at, `template ${ref} has Problems of its own; fix ${follows} first`), follows };
  const names = [...shared.templates.keys()];
  const message = `unknown template ${displayValue(ref)}; ${didYouMean(ref, names, names.length === 0 ? "add it under templates/" : `there are ${names.slice(0, 10).join(", ")}`)}`;
  return { ...problemAt(document, at, message), agent: agentOf(document) };
}

function only(problem: Problem): UsedTemplate {
  return { layer: undefined, problems: [problem] };
}
