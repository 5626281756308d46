import { expect, test } from "vitest";
import { CONFIG, DEMO_TENANT, HELLO } from "../../support/specs/snapshot.ts";
import { complaintsIn } from "../every-field/rows.ts";

const STOCK = HELLO.replace(/ {2}runtime: .*\n/, "");
const MCP = `  tools: [{mcp: {name: files, streamableHTTP: {url: "http://mcp.tools:8080"}, requireApproval: [remove]}}]\n`;
const FULL =
  "templates: [t], budget: {cpu: 1, memory: 1Gi, dollarsPerDay: 1}, sponsor: ops, timeToLive: 90d, maxDepth: 1";
const TEMPLATE =
  "apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: t}\nspec: {agent: {description: Helps}}\n";

function warningsOf(agent: string, config = CONFIG): readonly string[] {
  const files = { "raos.yaml": config, "tenants/demo.yaml": DEMO_TENANT, "templates/t.yaml": TEMPLATE };
  return complaintsIn({ ...files, "agents/demo/hello.yaml": agent }).filter((one) => /approve|asked/.test(one));
}

const grant = (fields: string) => `${HELLO}  supervision: {createAgents: {${fields}}}\n`;

test("approvals that nobody may give are said, of the stock agent alone", () => {
  expect(warningsOf(STOCK + MCP)).toHaveLength(1);
  expect(warningsOf(`${STOCK}${MCP}  access: {callers: [{appId: desk, namespace: front}]}\n`)).toHaveLength(1);
  expect(warningsOf(`${STOCK}${MCP}  access: {callers: [{appId: desk, namespace: front, approves: true}]}\n`)).toEqual(
    [],
  );
  expect(warningsOf(HELLO + MCP)).toEqual([]);
  expect(warningsOf(STOCK + MCP, `${CONFIG.trimEnd()}\n  runtimeImage: ghcr.io/acme/runtime:1\n`)).toEqual([]);
});

test("a grant by which nothing can be asked for is said, and one that forbids it is not", () => {
  expect(warningsOf(grant(`max: 2, ${FULL}`))).toEqual([]);
  expect(warningsOf(grant("max: 0"))).toEqual([]);
  expect(warningsOf(grant("max: 2"))).toEqual([
    "warning: supervision/createAgents: nothing can be asked for with no templates, no budget.cpu, no budget.memory, no budget.dollarsPerDay, no sponsor; write that, or remove createAgents",
  ]);
});
