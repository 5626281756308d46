import { lineageAnnotations } from "../../domain/grant/read-lineage.ts";
import type { Principal } from "../../domain/request/principal.ts";
import { newLineage } from "../../grants/new-lineage.ts";
import { askedAt } from "../../pass/grants/reserved.ts";
import type { Pass } from "../../pass/pass.ts";
import { newSpecFile } from "../../request/new-spec.ts";
import { requestId } from "../../request/request-id.ts";
import { nearest } from "../../spec/problems/nearest.ts";
import { refuseTaken } from "./refuse-taken.ts";
import type { RequestRefusal } from "./request-refusal.ts";
import type { AskedInPass } from "./submit-request.ts";

/** A new agent made from a template, value by value: no model is asked. */
export interface TemplateRequest {
  readonly from: Principal;
  readonly tenant: string;
  readonly name: string;
  readonly template: string;
  /** As texts; each becomes a value of its parameter's type. */
  readonly values: ReadonlyMap<string, string>;
  readonly description: string | undefined;
}

/** Asks for a new agent from a template. */
export function createFromTemplate(asked: TemplateRequest): AskedInPass {
  return async (pass) => {
    const { from, tenant, name, template } = asked;
    const agent = `${tenant}/${name}`;
    const parameters = parametersOf(pass, asked);
    if (parameters.kind === "refused") return parameters;
    const taken = refuseTaken(pass, agent);
    if (taken !== undefined) return taken;
    const description = asked.description === undefined ? {} : { description: asked.description };
    const ref = {
      ref: template,
      ...(Object.keys(parameters.values).length === 0 ? {} : { parameters: parameters.values }),
    };
    const id = requestId(from, ["create", agent, template, JSON.stringify(parameters.values), asked.description ?? ""]);
    const line = lineOf(pass, from, id);
    if (line.kind === "refused") return line;
    const { annotations } = line;
    return {
      kind: "asked",
      edits: [],
      requested: {
        request: { id, wants: "create", agent, from, words: "", template, assumptions: [] },
        written: [newSpecFile({ agent, annotations, spec: { ...description, template: ref } })],
      },
    };
  };
}

/** The annotations by which a new agent is counted below the agent that asks for it; none where a person asks. */
function lineOf(
  pass: Pass,
  from: Principal,
  request: string,
): { readonly kind: "line"; readonly annotations: Readonly<Record<string, string>> } | RequestRefusal {
  if (from.kind === "person") return { kind: "line", annotations: {} };
  const { agent, environment } = from;
  const asking = { agent, environment, request, at: askedAt(pass, request) };
  const made = newLineage(asking, pass.survey.fleet.facts.get(agent));
  return made.kind === "refused"
    ? { kind: "refused", reason: made.reason, message: made.message }
    : { kind: "line", annotations: lineageAnnotations(made.lineage) };
}

type Parameters =
  | { readonly kind: "values"; readonly values: Readonly<Record<string, string | number | boolean>> }
  | RequestRefusal;

function parametersOf({ survey }: Pass, { template, values }: TemplateRequest): Parameters {
  const known = survey.fleet.templates.get(template);
  if (known === undefined) {
    const names = [...survey.fleet.templates.keys()];
    const meant = nearest(template, names);
    const hint =
      meant === undefined ? `there are: ${names.slice(0, 20).join(", ") || "none"}` : `did you mean ${meant}?`;
    return { kind: "refused", reason: "unknown-template", message: `there is no template ${template}; ${hint}` };
  }
  const parameters = known.spec.parameters ?? [];
  const typed: Record<string, string | number | boolean> = {};
  for (const [name, text] of values) {
    const parameter = parameters.find((one) => one.name === name);
    if (parameter === undefined) {
      const names = parameters.map((one) => one.name).join(", ") || "none";
      return refuseParameter(`the template ${template} has no parameter ${name}; it has: ${names}`);
    }
    const value = typedValue(parameter.type, text);
    if (value === undefined) return refuseParameter(`${name}=${text} is not of the type ${parameter.type}`);
    typed[name] = value;
  }
  return { kind: "values", values: typed };
}

function refuseParameter(message: string): RequestRefusal {
  return { kind: "refused", reason: "wrong-parameter", message };
}

function typedValue(type: "string" | "integer" | "number" | "boolean", text: string) {
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "integer":
    case "number": {
      const number = text.trim() === "" ? Number.NaN : Number(text);
      const fits = type === "integer" ? Number.isSafeInteger(number) : Number.isFinite(number);
      return fits ? number : undefined;
    }
    default:
      return type satisfies never;
  }
}
