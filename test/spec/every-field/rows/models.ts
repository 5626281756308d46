import type { Question } from "../fields.ts";
import { agent, type Row, silent } from "../rows.ts";

/** Models, by an agent that refers to one. */
export const modelRows: readonly Row[] = [
  both(
    "endpoint",
    "miss",
    "endpoint: api.openai.com",
    'endpoint: "api.openai.com" is not an http(s) URL without credentials',
  ),
  both(
    "region",
    "miss",
    "provider: bedrock, region: eu west",
    'region: "eu west" is not a region, such as eu-central-1',
  ),
  both("region", "moot", "region: eu-west-1", "region: provider openai has no regions; remove it"),
  both("maxConcurrency", "unit", "maxConcurrency: 5000000", "maxConcurrency: 5000000 is too large; at most 10000"),
  both(
    "apiKeySecretRef.name",
    "miss",
    "apiKeySecretRef: {name: LLM_, key: key}",
    "apiKeySecretRef/name: this value is not a DNS label: lower-case letters, digits and '-', at most 63",
  ),
  both(
    "apiKeySecretRef.key",
    "miss",
    "apiKeySecretRef: {name: llm, key: a b}",
    "apiKeySecretRef/key: this value is not a Secret key",
  ),
  silent(
    ["Model.spec.name", "Model.spec.environments.*.name"],
    "miss",
    "providers name their models as they like, and have new ones each month",
  ),
  silent(
    ["Model.metadata", "Model.spec.**", "Model.spec"],
    "moot",
    "a Model does nothing until an agent refers to it, and fields of the agent win over it one by one; what does not suit the agent's provider is said at its modelRef",
  ),
].flat();

/** The question of a field of a Model, and of the same field of an environment in it. */
function both(field: string, question: Question, spec: string, said: string): readonly Row[] {
  // A nested schema that is used twice is one field, by the name at which it is met first.
  const at = field.includes(".") ? `Model.spec.environments.*.${field}` : `Model.spec.${field}`;
  return [
    row(at, question, `{name: gpt-5, ${spec}}`, said),
    row(`Model.spec.environments.*.${field}`, question, `{name: gpt-5, environments: {production: {${spec}}}}`, said),
  ];
}

function row(of: string, question: Question, spec: string, said: string): Row {
  const model = `apiVersion: raos.dev/v1alpha1\nkind: Model\nmetadata: {name: gpt}\nspec: ${spec}\n`;
  const place = spec.includes("environments") ? `environments/production/${said}` : said;
  const made = agent(of, question, "modelRef: {name: gpt}", place, { files: { "models/gpt.yaml": model } });
  return made.kind === "said" ? { ...made, title: spec } : made;
}
