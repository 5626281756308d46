import type { Principal } from "../../domain/request/principal.ts";
import { lineageOfRequest } from "../../pass/grants/lineage-of-request.ts";
import type { Pass } from "../../pass/pass.ts";
import { newSpecFile } from "../../request/new-spec.ts";
import { requestId } from "../../request/request-id.ts";
import { typedParameters } from "../../request/template-parameters.ts";
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
    const lineage = lineageOfRequest(pass, from, id);
    if (lineage.kind === "refused") return lineage;
    const { annotations } = lineage;
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
  const typed = typedParameters(template, known, values);
  return typed.kind === "values" ? typed : { kind: "refused", reason: "wrong-parameter", message: typed.message };
}
