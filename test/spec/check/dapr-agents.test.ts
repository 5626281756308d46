import { expect, test } from "vitest";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { DEMO_TENANT, HELLO, line, snapshotOf } from "../../support/specs/snapshot.ts";

const agent = (name: string, more = "  dapr: {state: {type: state.redis}}\n", tenant = "demo") =>
  HELLO.replace("name: hello, namespace: demo", `name: ${name}, namespace: ${tenant}`).replace(
    'hello:1.0.0"}',
    'hello:1.0.0", framework: dapr-agents}',
  ) + more;
const problems = (files: Readonly<Record<string, string>>) =>
  readFleet(snapshotOf({ "tenants/demo.yaml": DEMO_TENANT, ...files })).problems.map(line);

test("two agents of dapr-agents in one tenant would own the same components", () => {
  const said = (file: string, other: string) =>
    `agents/demo/${file}.yaml:6:59 /spec/runtime/framework: dapr-agents looks for components of fixed names, such as agent-workflow, and a namespace has each once: demo-agents has those of demo/${other}; move one of the agents to another tenant, or write framework: custom in it and read the names from DAPR_STATE_STORE and DAPR_PUBSUB`;
  expect(problems({ "agents/demo/a.yaml": agent("a"), "agents/demo/b.yaml": agent("b") })).toEqual([
    said("a", "b"),
    said("b", "a"),
  ]);
});

test.each([
  ["in two tenants", { "agents/shop/b.yaml": agent("b", undefined, "shop") }],
  ["one without a store", { "agents/demo/b.yaml": agent("b", "") }],
  ["one of another framework", { "agents/demo/b.yaml": agent("b").replace("dapr-agents", "custom") }],
])("%s it works", (_name, files) => {
  const shop = "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: shop}\n";
  expect(problems({ "tenants/shop.yaml": shop, "agents/demo/a.yaml": agent("a"), ...files })).toEqual([]);
});
