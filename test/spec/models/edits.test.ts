import { expect, test } from "vitest";
import { otherEnvironmentsOf } from "../../../src/remedy/bounds/other-environments.ts";
import { applyEdits } from "../../../src/spec/edit/edit.ts";
import { type EffectiveEdit, toFileEdit } from "../../../src/spec/edit/file-edit.ts";
import { explain } from "../../../src/spec/layers/explain.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { CONFIG, DEMO_TENANT, HELLO, snapshotOf } from "../../support/specs/snapshot.ts";

const MODEL = `apiVersion: raos.dev/v1alpha1
kind: Model
metadata: {name: gpt}
spec: {name: gpt-5, fallbacks: [gpt-5-mini], maxConcurrency: 8}
`;
const PATH = "agents/demo/hello.yaml";

function read(text: string) {
  const files = { "raos.yaml": CONFIG, "tenants/demo.yaml": DEMO_TENANT, "models/gpt.yaml": MODEL, [PATH]: text };
  const { agents, fleet, problems } = readFleet(snapshotOf(files));
  expect(problems).toEqual([]);
  const agent = agents.get("demo/hello");
  if (agent === undefined) throw new Error("no agent");
  return { agent, fleet };
}

const SHARED = HELLO.replace(/ {2}model: .*\n/, "  modelRef: {name: gpt}\n");
const IN_OVERLAY = `${HELLO}  environments: {production: {modelRef: {name: gpt}}}\n`;

test.each<readonly [what: string, text: string, edit: EffectiveEdit, at: string, changes: readonly string[]]>([
  [
    "over the Model, in the agent",
    SHARED,
    { kind: "set", at: "/spec/model/name", to: "gpt-5-mini" },
    "/spec/model/name",
    ["staging", "production"],
  ],
  [
    "a list of the Model, as a whole",
    SHARED,
    { kind: "add", at: "/spec/model/fallbacks/-", to: "gpt-4" },
    "/spec/model/fallbacks",
    ["staging", "production"],
  ],
  [
    "what the Model gives is taken away with null",
    SHARED,
    { kind: "remove", at: "/spec/model/maxConcurrency" },
    "/spec/model/maxConcurrency",
    ["staging", "production"],
  ],
  [
    "in the overlay that names the Model, since the agent's own model does not count there",
    IN_OVERLAY,
    { kind: "set", at: "/spec/model/maxConcurrency", to: 3 },
    "/spec/environments/production/model/maxConcurrency",
    ["production"],
  ],
])("an edit lands %s, and has its effect", (_what, text, edit, at, changed) => {
  const { agent } = read(text);
  const made = toFileEdit(agent, "production", edit);
  expect(made?.at).toBe(at);
  if (made === undefined) return;
  const before = agent.environments;
  const after = read(applyEdits(text, [{ ...made, agent: agent.key, why: "", by: "rule" }])).agent.environments;
  const model = (of: typeof before, name: string) => of.get(name)?.spec.model;
  const differing = [...before.keys()].filter(
    (name) => JSON.stringify(model(before, name)) !== JSON.stringify(model(after, name)),
  );
  expect(differing).toEqual(changed);
  const isOther = otherEnvironmentsOf(agent, "production").map((other) => other.isChangedBy(edit.at));
  expect(isOther).toEqual([changed.includes("staging")]);
});

test("explain names the Model's file", () => {
  const { agent, fleet } = read(
    SHARED.replace("modelRef: {name: gpt}", "modelRef: {name: gpt}\n  model: {name: gpt-5-nano}"),
  );
  const found = explain(agent, "production", fleet).filter(({ pointer }) => pointer.startsWith("/spec/model"));
  expect(found.map(({ pointer, origin, file }) => `${pointer} ${origin} ${file}`)).toEqual([
    "/spec/model/provider model models/gpt.yaml",
    `/spec/model/name agent ${PATH}`,
    "/spec/model/fallbacks model models/gpt.yaml",
    "/spec/model/maxConcurrency model models/gpt.yaml",
    `/spec/modelRef/name agent ${PATH}`,
  ]);
});
