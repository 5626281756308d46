import type { AgentKey } from "../../../domain/fleet.ts";
import type { AgentRequest, RequestedChange } from "../../../domain/request/agent-request.ts";
import { isAgentKey } from "../../../domain/review/hold.ts";
import type { Json } from "../../../domain/values/scalars.ts";
import { redact } from "../../../observe/redact.ts";
import type { Pass } from "../../../pass/pass.ts";
import { changedLeftOut } from "../../../request/language/left-out.ts";
import { inventedNames, outsideNames } from "../../../request/language/names.ts";
import { type AgentDraft, readAgentDraft } from "../../../request/language/read-draft.ts";
import { LONGEST_SPEC, newSpecFile } from "../../../request/new-spec.ts";
import { typedParameters } from "../../../request/template-parameters.ts";
import { judgeDraft } from "./judge-draft.ts";
import type { Offer } from "./offer.ts";
import type { WordedRequest } from "./worded-request.ts";
import type { CheckedDraft } from "./write-request.ts";

/** A request for a new agent, in words. Tenant and name are the model's choice where they are left out. */
export interface NewAgentRequest extends WordedRequest {
  readonly tenant: string | undefined;
  readonly name: string | undefined;
}

/** Reads, compiles and judges a draft of a new agent. What words may not set, and names that nobody gave, are mistakes. Throws GitError. */
export async function checkNewAgent(
  pass: Pass,
  asked: NewAgentRequest & { readonly id: string; readonly annotations: Readonly<Record<string, string>> },
  offer: Offer,
  answer: unknown,
): Promise<CheckedDraft> {
  const draft = readAgentDraft(answer);
  if (draft.kind === "unreadable") return { kind: "mistakes", mistakes: [draft.mistake] };
  if (draft.kind !== "draft") return draft;
  const agent: AgentKey = `${draft.tenant}/${draft.name}`;
  const filled = fillTemplate(pass, offer, draft);
  const words = asked.from.kind === "person" ? [asked.words, ...asked.answers].join("\n") : undefined;
  const mistakes = [
    ...placeMistakes(pass, asked, draft),
    ...(filled.kind === "wrong" ? [filled.message] : []),
    ...changedLeftOut({}, draft.spec),
    ...inventedNames(outsideNames(draft.spec), { fleet: offer.namesOf(draft.tenant), words }),
  ];
  if (mistakes.length > 0 || filled.kind === "wrong") return { kind: "mistakes", mistakes };
  const written = newSpecFile({ agent, annotations: asked.annotations, spec: filled.spec });
  if ((written.text ?? "").length > LONGEST_SPEC)
    return { kind: "mistakes", mistakes: [`the spec has more than ${LONGEST_SPEC} characters; write less`] };
  const request: AgentRequest = {
    ...{ id: asked.id, wants: "create", agent, from: asked.from, words: asked.words },
    ...(draft.template === undefined ? {} : { template: draft.template.ref }),
    assumptions: await Promise.all(draft.assumptions.map((one) => redact(one))),
  };
  const requested: RequestedChange = { request, written: [written] };
  return judgeDraft(pass, { requested, edits: [] });
}

function placeMistakes({ survey }: Pass, asked: NewAgentRequest, draft: AgentDraft): readonly string[] {
  const key = `${draft.tenant}/${draft.name}`;
  const named = (what: string, wanted: string | undefined, is: string) =>
    wanted === undefined || wanted === is ? [] : [`the ${what} has to be ${wanted}`];
  const known = survey.fleet.tenants.has(draft.tenant) ? [] : [`there is no tenant ${draft.tenant}`];
  const isFree = survey.pathOf(key) === undefined;
  return [
    ...known,
    ...named("tenant", asked.tenant, draft.tenant),
    ...named("name", asked.name, draft.name),
    ...(isAgentKey(key) ? [] : [`${key} is no agent's name; use lower-case letters, digits and '-'`]),
    ...(isFree ? [] : [`there is an agent ${key} already; choose another name`]),
  ];
}

type Filled =
  | { readonly kind: "spec"; readonly spec: Readonly<Record<string, Json>> }
  | { readonly kind: "wrong"; readonly message: string };

/** The spec with its template, in the order in which people write them. */
function fillTemplate({ survey }: Pass, offer: Offer, { template, spec }: AgentDraft): Filled {
  if (template === undefined) return { kind: "spec", spec };
  const known = survey.fleet.templates.get(template.ref);
  if (known === undefined)
    return { kind: "wrong", message: `there is no template ${template.ref}; there are: ${offer.templates.join(", ")}` };
  const typed = typedParameters(template.ref, known, template.parameters);
  if (typed.kind === "wrong") return typed;
  const { description, ...rest } = spec;
  const parameters = Object.keys(typed.values).length === 0 ? {} : { parameters: typed.values };
  const described = description === undefined ? {} : { description };
  return { kind: "spec", spec: { ...described, template: { ref: template.ref, ...parameters }, ...rest } };
}
