import { expect, test } from "vitest";
import { mcpClient } from "../support/api/mcp-client.ts";
import { branchesOf, FLEET, serveFleet } from "../support/api/served-fleet.ts";
import { raos } from "../support/cli/raos.ts";
import { triage } from "../support/specs/acme-fleet.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const NAMES = ["triage", "refunds", "returns", "returns-de"] as const;
const tokenOf = (name: string) => `token-of-${name}-0123456789`;
const API_TOKENS = JSON.stringify(
  Object.fromEntries(NAMES.map((name) => [tokenOf(name), `agent:acme/${name}@production`])),
);

/** The template of the worked example in docs/grants.md: 250m and 512Mi a replica, and half a dollar a day. */
const template = (name: string, supervision: string) => `apiVersion: raos.dev/v1alpha1
kind: AgentTemplate
metadata: {name: ${name}}
spec:
  parameters: [{name: replicas, type: integer, default: 2}]
  agent:
    description: Answers one kind of question
    instructions: {inline: Answer.}
    model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
    runtime: {resources: {requests: {cpu: 250m, memory: 512Mi}, limits: {memory: 1Gi}}}
    scaling: {min: 1, max: "${"$"}{replicas}", hpa: {cpu: 70}}
    limits: {dollarsPerDay: 0.5}
${supervision}`;
const PART =
  "{max: 1, maxDepth: 1, templates: [support-agent], budget: {cpu: 500m, memory: 1Gi, dollarsPerDay: 0.5}, sponsor: '@acme/support'}";
const GRANT =
  "{max: 5, maxDepth: 2, templates: [support-agent, leading-agent], budget: {cpu: '2', memory: 4Gi, dollarsPerDay: 3}, perDay: 5, timeToLive: 30d, sponsor: '@acme/support'}";

/** The line of the worked example, of which nothing is asked for yet: who asks, and how a person accepts what was asked for. */
async function family() {
  const { url, bare } = await serveFleet(
    {
      ...FLEET,
      "agents/acme/triage.yaml": triage({ limits: "{dollarsPerDay: 5}", supervision: `{createAgents: ${GRANT}}` }),
      "templates/support-agent.yaml": template("support-agent", ""),
      "templates/leading-agent.yaml": template("leading-agent", `    supervision: {createAgents: ${PART}}\n`),
    },
    { API_TOKENS },
  );
  const folder = temporaryFolder();
  const run = async (...args: readonly string[]) => (await raos(folder, [...args, "--repo", bare])).out;
  const clients = new Map<string, Awaited<ReturnType<typeof mcpClient>>>();
  const clientOf = async (name: string) => {
    const known = clients.get(name) ?? (await mcpClient(url, tokenOf(name)));
    clients.set(name, known);
    return known;
  };
  /** `#7`, or why it was refused. */
  const ask = async (by: string, name: string, parameters = {}, from = "support-agent") => {
    const client = await clientOf(by);
    const called = await client.call("create_agent", { tenant: "acme", name, template: from, parameters });
    if ("refused" in called) return called.refused.replace(/^denied: /, "");
    return `#${Reflect.get(Object(Reflect.get(Object(called.value), "pullRequest")), "number")}`;
  };
  const accept = async (asked: string, name: string) => {
    await run("pr", "merge", asked.slice(1));
    const authorization = `Bearer ${tokenOf(name)}`;
    const knock = async () => (await fetch(`${url}/mcp`, { method: "POST", headers: { authorization } })).status;
    await expect.poll(knock, { timeout: 30_000 }).not.toBe(403);
  };
  return { ask, accept, run, requests: () => branchesOf(bare).filter((branch) => branch.startsWith("raos/request")) };
}

test("a line of agents that ask for each other ends at its grants, as the worked example says, with one issue", {
  timeout: 300_000,
}, async () => {
  const { ask, accept, run, requests } = await family();
  await accept(await ask("triage", "refunds"), "refunds");
  await accept(await ask("triage", "returns", {}, "leading-agent"), "returns");
  await accept(await ask("returns", "returns-de"), "returns-de");
  expect(await run("lineage", "acme/triage")).toContain("2 agents in 2 generations, 500m CPU, 1Gi, $1.50 a day");

  expect(await ask("returns", "returns-fr")).toContain(
    "too-many-agents: acme/returns has 1 agent below it, and may have 1; retire one first",
  );
  expect(await ask("returns-de", "returns-at")).toContain("no-grant: acme/returns-de may ask for no agents");
  expect(await ask("triage", "billing-desk", { replicas: "4" })).toContain(
    "cpu-exceeded: acme/billing-desk takes 1 of CPU in production; of the 2 that may be used below acme/triage, 500m are left",
  );
  const both = await Promise.all(["chat", "mail"].map((name) => ask("triage", name, { replicas: "1" })));
  expect(both).toEqual([expect.stringMatching(/^#\d+$/), expect.stringMatching(/^#\d+$/)]);
  expect(await ask("triage", "phone", { replicas: "1" })).toContain(
    "too-many-agents: acme/triage has 5 agents below it, 2 of them in open pull requests, and may have 5; retire one first",
  );

  // A ring: each asks for new agents, for those below it, and for the one that asked for it.
  const before = requests();
  const wanted = NAMES.flatMap((by, index) =>
    Array.from({ length: 12 }, (_, count) => ({
      by,
      name: count % 4 === 0 ? (NAMES[index - 1] ?? by) : `more-${count}`,
    })),
  );
  const answers = await Promise.all(wanted.map(async ({ by, name }) => ask(by, name)));
  expect(answers.filter((answer) => answer.startsWith("#"))).toEqual([]);
  const reasons = new Set(answers.map((answer) => answer.replace(/^grant: /, "").split(":")[0]));
  expect([...reasons].sort()).toEqual(["name-taken", "no-grant", "too-many-agents"]);
  expect(requests()).toEqual(before);
  const issues: readonly { readonly title: string }[] = JSON.parse(await run("issue", "list", "--output", "json"));
  expect(issues.map(({ title }) => title)).toEqual(["Agents below acme/triage ask for more than their grants"]);
});
