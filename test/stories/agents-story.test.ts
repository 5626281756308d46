import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { git } from "../adversary/fleet.ts";
import { grantOf, HELPER } from "../support/api/granted-fleet.ts";
import { mcpClient } from "../support/api/mcp-client.ts";
import { FLEET, serveFleet } from "../support/api/served-fleet.ts";
import { raos } from "../support/cli/raos.ts";
import { triage } from "../support/specs/acme-fleet.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const TOKENS = { triage: "token-of-triage-0123456789", returns: "token-of-returns-0123456789" } as const;
const API_TOKENS = JSON.stringify({
  [TOKENS.triage]: "agent:acme/triage@production",
  [TOKENS.returns]: "agent:acme/returns@production",
});

/** Agents of this template may ask for one agent themselves, which may ask for none. */
const LEADING = HELPER.replace("name: helper", "name: leading").replace(
  "    limits:",
  `    supervision: {createAgents: {max: 1, maxDepth: 1, templates: [helper], budget: {cpu: 1, memory: 1Gi, dollarsPerDay: 1}, sponsor: "@acme/leads"}}\n    limits:`,
);

const lead = (maxDepth: number) =>
  triage({
    limits: "{dollarsPerDay: 5}",
    supervision: grantOf({ max: 3, maxDepth, templates: "[helper, leading]" }),
  });

test("an agent asks for an agent, which is merged, and asks for one itself", { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const { url, bare } = await serveFleet(
    {
      ...FLEET,
      "agents/acme/triage.yaml": lead(2),
      "templates/helper.yaml": HELPER,
      "templates/leading.yaml": LEADING,
    },
    { API_TOKENS },
  );
  const run = async (...args: readonly string[]) => (await raos(folder, [...args, "--repo", bare])).out;
  const asTriage = await mcpClient(url, TOKENS.triage);

  // The agent that a person wrote asks over MCP, and gets a pull request that says who asked.
  const asked = await asTriage.call("create_agent", { tenant: "acme", name: "returns", template: "leading" });
  expect(asked).toMatchObject({ value: { outcome: "opened", pullRequest: { number: expect.any(Number) } } });
  const number = Reflect.get(Object(Reflect.get(Object("value" in asked && asked.value), "pullRequest")), "number");
  const shown = await run("pr", "show", String(number));
  expect(shown).toContain("**Asked for by** the agent `acme/triage` in `production`");
  expect(shown).toContain("It would be generation 1 below `acme/triage`");
  expect(shown).toContain("raos.dev/created-by: agent:acme/triage@production");

  // A child that is not merged cannot ask.
  const knock = async () => {
    const authorization = `Bearer ${TOKENS.returns}`;
    return (await fetch(`${url}/mcp`, { method: "POST", headers: { authorization } })).status;
  };
  expect(await knock()).toBe(403);

  // A person merges it; within seconds the child is somebody.
  await run("pr", "merge", String(number));
  expect(await run("lineage", "acme/triage")).toContain("2 agents in 2 generations");
  await expect.poll(knock, { timeout: 20_000 }).not.toBe(403);
  const asReturns = await mcpClient(url, TOKENS.returns);

  // Its grant is for agents of one template, which may ask for nothing.
  const refused = (called: Awaited<ReturnType<typeof asReturns.call>>) => ("refused" in called ? called.refused : "");
  expect(
    refused(await asReturns.call("create_agent", { tenant: "acme", name: "returns-de", template: "leading" })),
  ).toContain("template-not-granted: agents that acme/returns asks for are made from templates it is granted (helper)");

  // The sponsor thinks better of grandchildren; what runs stays, and the next is refused by the depth.
  const work = `${folder}/work`;
  git(folder, ["clone", "--quiet", bare, work]);
  writeFileSync(`${work}/agents/acme/triage.yaml`, lead(1));
  git(work, ["commit", "--quiet", "--all", "--message=No grandchildren"]);
  git(work, ["push", "--quiet", "origin", "HEAD:main"]);
  expect(
    refused(await asReturns.call("create_agent", { tenant: "acme", name: "returns-de", template: "helper" })),
  ).toContain(
    "too-deep: acme/returns-de would be generation 2 below acme/triage, which may have 1; let an agent nearer to acme/triage ask for it",
  );

  // It does what it is told: the agent above it asks.
  expect(await asTriage.call("create_agent", { tenant: "acme", name: "returns-de", template: "helper" })).toMatchObject(
    { value: { outcome: "opened" } },
  );
  const shownTree = await run("lineage", "acme/returns");
  const tree = shownTree.replace(/Robin in [0-9a-f]{9}/, "Robin in <commit> ").replace(/#\d+/, "#?");
  expect(tree.split("\n").map((line) => line.slice(0, 70).trimEnd())).toMatchInlineSnapshot(`
    [
      "AGENT                STATE             ASKED BY                 REQUES",
      "acme/triage          planned           Robin in <commit>        -",
      "├─ acme/returns *    deployed          acme/triage@production   357cec",
      "└─ acme/returns-de   asked for in #?   acme/triage@production   a684c5",
      "",
    ]
  `);
});
