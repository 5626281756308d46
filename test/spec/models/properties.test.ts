import fc from "fast-check";
import { expect, test } from "vitest";
import { values } from "../../../src/compile/index.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { CONFIG, DEMO_TENANT, snapshotOf } from "../../support/specs/snapshot.ts";

type Fields = Readonly<Record<string, unknown>>;

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const endpoint = fc.constantFrom("https://llm.example.com/v1", "https://gateway.example.com/x");
const secret = fc.record({ name: fc.constantFrom("llm", "gateway"), key: fc.constantFrom("key", "token") });
const name = fc.constantFrom("gpt-5", "claude", "mistral-large");
/** Fields that any provider may have. */
const fields = fc.record({
  name: maybe(name),
  endpoint: maybe(endpoint),
  apiKeySecretRef: maybe(secret),
  fallbacks: maybe(fc.array(name, { maxLength: 2 })),
  maxConcurrency: maybe(fc.integer({ min: 1, max: 99 })),
});
const region = fc.constantFrom("eu-central-1", "us-east-1");
const providers: readonly fc.Arbitrary<Fields>[] = [
  fc.constantFrom({}, { provider: "openai" }, { provider: "anthropic" }, { provider: "gemini" }),
  region.map((value) => ({ provider: "bedrock", region: value })),
];
const provider = fc.oneof(...providers);
const whole = fc
  .tuple(fields, provider, name)
  .map(([some, by, called]): Fields => defined({ ...some, ...by, name: called }));
/** An agent's own fields without a provider, or another model altogether. */
const own = fc.oneof(
  fields.map(defined),
  whole.filter((model) => model.provider !== undefined),
);

function defined(value: Fields): Fields {
  return JSON.parse(JSON.stringify(value));
}

/** The values of an agent in production, and its Problems. */
function compiled(spec: Fields, more: Readonly<Record<string, string>> = {}) {
  const agent = {
    apiVersion: "raos.dev/v1alpha1",
    kind: "Agent",
    metadata: { name: "hello", namespace: "demo" },
    spec: { description: "Says hello", instructions: { inline: "Greet the user." }, ...spec },
  };
  const files = { "raos.yaml": CONFIG, "tenants/demo.yaml": DEMO_TENANT, ...more };
  const { agents, fleet, problems } = readFleet(
    snapshotOf({ ...files, "agents/demo/hello.json": JSON.stringify(agent) }),
  );
  const read = agents.get("demo/hello");
  return { problems: problems.map(({ message }) => message), values: read && values(read, "production", fleet) };
}

const modelFile = (spec: Fields) => ({
  "models/shared.json": JSON.stringify({
    apiVersion: "raos.dev/v1alpha1",
    kind: "Model",
    metadata: { name: "shared" },
    spec,
  }),
});

/** What a person writes who copies the Model's fields into the agent. */
function inlined(model: Fields, above: Fields): Fields {
  const chosen = above.provider ?? model.provider ?? "openai";
  const isSame = chosen === (model.provider ?? "openai");
  return isSame ? { ...model, ...above } : { maxConcurrency: model.maxConcurrency, ...above };
}

test("an agent with a modelRef compiles to the values of one with the fields written out", () => {
  fc.assert(
    fc.property(whole, own, (model, above) => {
      const shared = compiled({ modelRef: { name: "shared" }, model: above }, modelFile(model));
      const plain = compiled({ model: inlined(model, above) });
      expect(shared.values).toEqual(plain.values);
      expect(shared.problems.length > 0).toBe(plain.problems.length > 0);
    }),
    { numRuns: 300 },
  );
});

test("what differs in an environment, in the Model or in an overlay that names it, is as if written in the overlay", () => {
  fc.assert(
    fc.property(whole, own, (model, above) => {
      const plain = compiled({ model: inlined(model, above) });
      const inModel = modelFile({ ...model, environments: { production: above } });
      expect(compiled({ modelRef: { name: "shared" } }, inModel).values).toEqual(plain.values);
      const overlay = { production: { modelRef: { name: "shared" }, model: above } };
      const other = { provider: "ollama", name: "llama", endpoint: "https://ollama.example.com", maxConcurrency: 7 };
      expect(compiled({ model: other, environments: overlay }, modelFile(model)).values).toEqual(plain.values);
    }),
    { numRuns: 200 },
  );
});
