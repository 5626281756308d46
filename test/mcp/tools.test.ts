import { expect, test } from "vitest";
import { HELPER } from "../support/api/granted-fleet.ts";
import { mcpClient } from "../support/api/mcp-client.ts";
import { branchesOf, FLEET, serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { triage } from "../support/specs/acme-fleet.ts";

const EDIT = { pointer: "/spec/description", value: "Sorts mail", why: "It is about mail." };

test("the tools are listed in a fixed order, with hints that say what they do", async () => {
  const { url } = await serveFleet();
  const { client } = await mcpClient(url, TOKENS.robin);
  const { tools } = await client.listTools();
  expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint, annotations?.destructiveHint])).toEqual(
    [
      ["list_agents", true, undefined],
      ["get_agent", true, undefined],
      ["explain_value", true, undefined],
      ["list_pull_requests", true, undefined],
      ["list_incidents", true, undefined],
      ["get_rollouts", true, undefined],
      ["query_evidence", true, undefined],
      ["plan_change", true, undefined],
      ["propose_edit", false, false],
      ["create_agent", false, false],
      ["retire_agent", false, true],
    ],
  );
  expect(
    tools.every(({ inputSchema, outputSchema }) => inputSchema.type === "object" && outputSchema !== undefined),
  ).toBe(true);
});

test("what agents are, where their values come from, and what is known of them", async () => {
  const { url } = await serveFleet();
  const { call } = await mcpClient(url, TOKENS.robin);
  expect(await call("get_agent", { agent: "acme/triage" })).toMatchObject({
    value: { agent: "acme/triage", file: "agents/acme/triage.yaml", hasProblems: false, callers: [], problems: [] },
  });
  expect(await call("explain_value", { agent: "acme/triage", pointer: "/spec/description" })).toEqual({
    value: {
      values: [
        {
          environment: "production",
          pointer: "/spec/description",
          value: '"Sorts"',
          origin: "agent",
          file: "agents/acme/triage.yaml",
        },
      ],
      isCut: false,
    },
  });
  expect(await call("list_incidents")).toEqual({ value: { incidents: [], isCut: false } });
  expect(await call("get_rollouts", { agent: "acme/triage" })).toMatchObject({ value: { isCut: false } });
  expect(
    await call("query_evidence", {
      agent: "acme/triage",
      environment: "production",
      queries: [{ kind: "metrics", promql: "up" }, { kind: "history" }],
    }),
  ).toMatchObject({
    value: {
      evidence: [
        { id: "e1", isMissing: true },
        { id: "e2", isMissing: false },
      ],
    },
  });
});

test("a person's edit is planned, then proposed: one pull request, however often it is asked for", async () => {
  const { url, bare } = await serveFleet();
  const { call } = await mcpClient(url, TOKENS.robin);
  expect(await call("plan_change", { change: { kind: "edit", agent: "acme/triage", edits: [EDIT] } })).toMatchObject({
    value: { problems: [], diff: expect.stringContaining("agents/acme/triage.yaml") },
  });
  expect(branchesOf(bare).filter((branch) => branch.startsWith("raos/request"))).toEqual([]);
  const first = await call("propose_edit", { agent: "acme/triage", edits: [EDIT], words: "Make it faster." });
  expect(first).toMatchObject({ value: { outcome: "opened" } });
  expect(await call("propose_edit", { agent: "acme/triage", edits: [EDIT], words: "Make it faster." })).toMatchObject({
    value: { outcome: "unchanged" },
  });
  expect(branchesOf(bare).filter((branch) => branch.startsWith("raos/request"))).toHaveLength(1);
  expect(await call("list_pull_requests", { agent: "acme/triage" })).toMatchObject({
    value: {
      pullRequests: expect.arrayContaining([expect.objectContaining({ cause: "request", agents: ["acme/triage"] })]),
    },
  });
});

test("a person creates an agent from a template, and retires another", async () => {
  const { url, bare } = await serveFleet({ ...FLEET, "templates/helper.yaml": HELPER });
  const { call } = await mcpClient(url, TOKENS.robin);
  const asked = { tenant: "acme", name: "greeter", template: "helper", parameters: { lang: "de" } };
  expect(await call("create_agent", asked)).toMatchObject({ value: { outcome: "opened" } });
  expect(await call("create_agent", { ...asked, parameters: { colour: "red" } })).toEqual({
    refused: "wrong-parameter: the template helper has no parameter colour; it has: lang",
  });
  expect(await call("retire_agent", { agent: "acme/billing", words: "Nobody uses it." })).toMatchObject({
    value: { outcome: "opened" },
  });
  expect(branchesOf(bare).filter((branch) => branch.startsWith("raos/request"))).toHaveLength(2);
});

test.each([
  ["another tenant's agent", "get_agent", { agent: "other/secretive" }, "unknown-agent: "],
  ["an edit of another tenant's agent", "propose_edit", { agent: "other/secretive", edits: [EDIT] }, "unknown-agent: "],
  ["an edit of its own spec", "propose_edit", { agent: "acme/triage", edits: [EDIT] }, "grant: not-among-improved: "],
  ["an edit of a peer", "propose_edit", { agent: "acme/billing", edits: [EDIT] }, "grant: not-among-improved: "],
  ["a new agent", "create_agent", { tenant: "acme", name: "child", template: "helper" }, "no-grant: "],
  ["the end of a peer", "retire_agent", { agent: "acme/billing" }, "denied: "],
  ["a cursor of its own making", "list_agents", { cursor: "Li4vLi4v" }, "wrong-cursor: "],
  ["a repository that is not served", "list_agents", { repo: "acme/other" }, "unknown-repository: "],
  [
    "evidence of another tenant",
    "query_evidence",
    { agent: "other/secretive", environment: "production", queries: [{ kind: "history" }] },
    "unknown-agent: ",
  ],
])("an agent that asks for %s is refused by name, and nothing is written", async (_, tool, args, refusal) => {
  const { url, bare } = await serveFleet({ ...FLEET, "templates/helper.yaml": HELPER });
  const { call } = await mcpClient(url, TOKENS.triage);
  const called = await call(tool, args);
  expect("refused" in called ? called.refused : called).toContain(refusal);
  expect(branchesOf(bare).filter((branch) => branch.startsWith("raos/request"))).toEqual([]);
});

test("a value in a query reads nothing but the agent's own namespace", async () => {
  const { url } = await serveFleet();
  const { call } = await mcpClient(url, TOKENS.triage);
  const query = { kind: "metrics", promql: 'up{namespace="other"}' };
  expect(
    await call("query_evidence", { agent: "acme/billing", environment: "production", queries: [query] }),
  ).toMatchObject({
    value: { evidence: [{ isMissing: true }] },
  });
});

test("an agent with a grant creates a child, once; a second one is refused by the grant, in words", async () => {
  const grant = `{createAgents: {max: 1, templates: [helper], budget: {cpu: 4, memory: 8Gi, dollarsPerDay: 9}, sponsor: "@acme/leads"}}`;
  const { url, bare } = await serveFleet({
    ...FLEET,
    "agents/acme/triage.yaml": triage({ limits: "{dollarsPerDay: 2}", supervision: grant }),
    "templates/helper.yaml": HELPER,
  });
  const { call } = await mcpClient(url, TOKENS.triage);
  const child = (name: string) => ({ tenant: "acme", name, template: "helper" });
  expect(await call("create_agent", child("first"))).toMatchObject({ value: { outcome: "opened" } });
  expect(await call("create_agent", child("first"))).toMatchObject({ value: { outcome: "unchanged" } });
  expect(await call("create_agent", child("second"))).toEqual({
    refused: expect.stringContaining("too-many-agents: acme/triage has 1 agent below it"),
  });
  expect(branchesOf(bare).filter((branch) => branch.startsWith("raos/request"))).toHaveLength(1);
});
