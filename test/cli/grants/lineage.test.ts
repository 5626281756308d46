import { expect, onTestFinished, test } from "vitest";
import { openWorld } from "../../../src/app/world/open-world.ts";
import { submitRequest } from "../../../src/commands/requests/submit-request.ts";
import { mergeRequested } from "../../support/api/person.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos, shellFor } from "../../support/cli/raos.ts";
import { childSpec, leadSpec } from "./asked-agents.ts";

const GRANT =
  "{max: 4, maxDepth: 2, templates: [support-agent], budget: {cpu: 2, memory: 4Gi, dollarsPerDay: 5}, sponsor: '@acme/support'}";
const OWN =
  "{max: 1, maxDepth: 1, templates: [support-agent], budget: {cpu: 1, memory: 1Gi, dollarsPerDay: 1}, sponsor: '@acme/support'}";

function line() {
  const place = fleetClone();
  place.commit({
    "agents/support/lead.yaml": leadSpec(GRANT),
    "agents/support/a.yaml": childSpec("a", { hour: 1, maxReplicas: 2 }).replace(
      "dollarsPerDay: 1}",
      `dollarsPerDay: 1}\n  supervision: {createAgents: ${OWN}}`,
    ),
    "agents/support/a1.yaml": childSpec("a1", {
      hour: 30,
      maxReplicas: 1,
      parent: "support/a",
      depth: 2,
      dollars: 0.5,
    }),
    "agents/support/b.yaml": childSpec("b", { hour: 2, owner: "@acme/support" }),
  });
  return place;
}

test("the line of an agent is a tree, with what is left of each grant", async () => {
  const place = line();
  const { out, code } = await raos(place.clone, ["lineage", "support/a", "--repo", place.bare]);
  expect(code).toBe(0);
  expect(out.replace(/Somebody in [0-9a-f]{9}/, "Somebody in <commit> ")).toMatchInlineSnapshot(`
    "AGENT              STATE                  ASKED BY                  REQUEST      CREATED      ENDS         LEFT TO ASK FOR
    support/lead       planned                Somebody in <commit>      -            -            -            1 agent in 2 generations, 1300m CPU, 2304Mi, $2.50 a day
    ├─ support/a *     planned                support/lead@production   request-a    2026-05-04   2026-06-03   0 agents in 1 generation, 900m CPU, 768Mi, $0.50 a day
    │  └─ support/a1   planned                support/a@production      request-a1   2026-05-05   2026-06-04   -
    └─ support/b       @acme/support has it   support/lead@production   request-b    2026-05-04   -            -
    "
  `);
});

test("the same for programs", async () => {
  const place = line();
  const { out } = await raos(place.clone, ["lineage", "support/a1", "--output", "json"]);
  expect(JSON.parse(out)).toMatchObject({
    agent: "support/lead",
    depth: 0,
    grant: { max: 4, left: { agents: 1, depth: 2, cpu: expect.closeTo(1.3), dollars: 2.5 } },
    children: [
      {
        agent: "support/a",
        createdBy: "support/lead@production",
        createdAt: "2026-05-04T09:00:00.000Z",
        expires: "2026-06-03T09:00:00.000Z",
        grant: { left: { agents: 0 } },
        children: [{ agent: "support/a1", depth: 2, children: [] }],
      },
      { agent: "support/b", owner: "@acme/support" },
    ],
  });
});

test("what open pull requests would add is shown with them, and takes its place", async () => {
  const place = line();
  const shell = shellFor(place.clone);
  const { world, close } = await openWorld(shell, place.bare);
  onTestFinished(close);
  const file = { agent: "support/c", file: "agents/support/c.yaml", text: childSpec("c", { hour: 3, maxReplicas: 1 }) };
  const from = { kind: "agent", agent: "support/lead", environment: "production", chain: [] } as const;
  const submitted = await submitRequest(world, async () => ({
    kind: "asked",
    edits: [],
    requested: {
      request: { id: "request-c", wants: "create", agent: "support/c", from, words: "", assumptions: [] },
      written: [file],
    },
  }));
  const pull = submitted.kind === "submitted" ? submitted.outcomes[0]?.pull : undefined;
  const { out } = await raos(place.clone, ["lineage", "support/c", "--repo", place.bare]);
  const [, lead = "", ...others] = out.split("\n");
  expect(lead).toContain("0 agents in 2 generations (1 more in open pull requests)");
  expect(lead).toMatch(/planned +Somebody in [0-9a-f]{9} /);
  expect(others.find((one) => one.includes("support/c *"))).toContain(`asked for in #${pull?.number}`);
  const { out: json } = await raos(place.clone, ["lineage", "support/lead", "--repo", place.bare, "--output", "json"]);
  expect(JSON.parse(json)).toMatchObject({
    addedBy: { name: "Somebody", commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
    isComplete: true,
    grant: { left: { agents: 0, reserved: 1 } },
    children: [{}, {}, { agent: "support/c", state: "reserved", pull: { number: pull?.number } }],
  });
});

test("who asked for the agent at the top is in its commit, once its pull request is merged", async () => {
  const place = line();
  const { world, close } = await openWorld(shellFor(place.clone), place.bare);
  onTestFinished(close);
  const lead = leadSpec(GRANT).replace("name: lead", "name: chief");
  await submitRequest(world, async () => ({
    kind: "asked",
    edits: [],
    requested: {
      request: {
        ...{ id: "request-chief", wants: "create", agent: "support/chief", words: "A chief", assumptions: [] },
        from: { kind: "person", login: "kim" },
      },
      written: [{ agent: "support/chief", file: "agents/support/chief.yaml", text: lead }],
    },
  }));
  await mergeRequested(place.bare);
  const { out } = await raos(place.clone, ["lineage", "support/chief", "--repo", place.bare]);
  expect(out.split("\n")[1]).toMatch(/^support\/chief \* +deployed +person:kim in [0-9a-f]{9} /);
  const { out: json } = await raos(place.clone, ["lineage", "support/chief", "--repo", place.bare, "-o", "json"]);
  expect(JSON.parse(json)).toMatchObject({ addedBy: { requestedBy: "person:kim" } });
});

test.each([
  ["support/nobody", "there is no agent support/nobody"],
  ["Support", "Support is no agent; write tenant/name"],
])("an agent that is not there: %s", async (agent, message) => {
  const { code, err } = await raos(fleetClone().clone, ["lineage", agent]);
  expect([code, err]).toEqual([2, `raos: ${message}\n`]);
});
