import type { JsonSchema } from "../../spec/schema/schema.ts";
import { specSchemas } from "./spec-schema.ts";
import { closed } from "./strict-schema.ts";

/** What a draft may choose from. */
export interface DraftChoices {
  readonly tenants: readonly string[];
  readonly templates: readonly string[];
}

const TEXT: JsonSchema = { type: "string" };
const TEXTS: JsonSchema = { type: "array", items: TEXT };
const ENDINGS = {
  assumptions: { ...TEXTS, description: "What you assumed where the request does not say it; short sentences" },
  questions: { ...TEXTS, description: "At most two, only where you cannot know; else empty" },
  refusal: { type: ["string", "null"], description: "Why this cannot be done at all; else null" },
} as const;

/** The shape of a model's answer to a request for a new agent, in OpenAI's strict subset. */
export function newAgentSchema({ tenants, templates }: DraftChoices): JsonSchema {
  const { strict } = specSchemas();
  const named = closed({ name: TEXT, value: { type: ["string", "number", "boolean"] } });
  const template = closed({
    ref: { type: "string", enum: templates },
    parameters: { type: "array", items: named, description: "Values of the template's parameters" },
  });
  return closed({
    tenant: { type: "string", enum: tenants },
    name: { ...TEXT, description: "Name of the agent: lower-case letters, digits and '-'" },
    template:
      templates.length === 0
        ? { type: "null" }
        : { anyOf: [template, { type: "null" }], description: "The template it is made from, where one fits" },
    spec: {
      anyOf: [strict, { type: "null" }],
      description: "With a template: only what differs from it. Without one: the whole spec. null for what is not set",
    },
    ...ENDINGS,
  });
}

/** The shape of a model's answer to a request for a change of an agent, in OpenAI's strict subset. */
export function changedAgentSchema(environments: readonly string[]): JsonSchema {
  const edit = closed({
    at: { ...TEXT, description: "JSON pointer into the spec in effect, such as /spec/scaling/max" },
    to: { type: ["string", "null"], description: "The new value as JSON; null takes the value away" },
    why: TEXT,
  });
  const environment = {
    type: ["string", "null"],
    enum: [...environments, null],
    description: "Where it is to change; null: in all, but for what an environment says otherwise",
  };
  return closed({ environment, edits: { type: "array", items: edit }, ...ENDINGS });
}
