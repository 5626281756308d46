import { expect, test } from "vitest";
import { createLocalForge } from "../../src/forge/local/forge.ts";
import { openRepository } from "../../src/git/repository.ts";
import { json, listen } from "../servers/loopback.ts";
import { grantOf, HELPER } from "../support/api/granted-fleet.ts";
import { issuesIn } from "../support/api/issues-in.ts";
import { mcpClient } from "../support/api/mcp-client.ts";
import { branchesOf, FLEET, serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { serveWordedFleet } from "../support/api/worded-fleet.ts";
import { triage } from "../support/specs/acme-fleet.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const granted = (supervision: string) => ({
  "agents/acme/triage.yaml": triage({ limits: "{dollarsPerDay: 5}", supervision }),
  "templates/helper.yaml": HELPER,
});

const child = (name: string, template = "helper") => ({ tenant: "acme", name, template });
const requestsIn = (bare: string) => branchesOf(bare).filter((branch) => branch.startsWith("raos/request"));

test.each([
  ["a tenant that is not its own", { ...child("x"), tenant: "other" }, "tenant-not-granted"],
  ["a template that is not granted", child("x", "greeter"), "template-not-granted"],
])("what an agent is refused without a plan is what a plan refuses: %s", async (_, asked, reason) => {
  const greeter = HELPER.replace("name: helper", "name: greeter");
  const files = { ...FLEET, ...granted(grantOf({ max: 2 })), "templates/greeter.yaml": greeter };
  const { url } = await serveFleet(files);
  const { call } = await mcpClient(url, TOKENS.triage);
  const called = await call("create_agent", asked);
  const [refusal = ""] = "refused" in called ? called.refused.split("; ") : [];
  expect(refusal).toContain(`denied: grant: ${reason}: `);
  const planned = await call("plan_change", { change: { kind: "create", ...asked } });
  expect(JSON.stringify(planned)).toContain(refusal.slice("denied: grant: ".length));
});

test("an agent in a loop keeps the place that it has, and gets one that is free again", {
  timeout: 60_000,
}, async () => {
  const { url, bare } = await serveFleet({ ...FLEET, ...granted(grantOf({ max: 1, perDay: 100 })) });
  const { call } = await mcpClient(url, TOKENS.triage);
  expect(await call("create_agent", child("first"))).toMatchObject({ value: { outcome: "opened" } });
  for (let round = 0; round < 6; round += 1)
    expect(await call("create_agent", child(`more-${round}`))).toMatchObject({
      refused: expect.stringContaining("too-many-agents: acme/triage has 1 agent below it, 1 of them in open pull"),
    });
  expect(await call("create_agent", child("first"))).toMatchObject({ value: { outcome: "unchanged" } });
  const repository = await openRepository(bare, { env: { PATH: process.env.PATH }, cache: temporaryFolder() });
  const forge = createLocalForge(repository, { clock: Date.now });
  const [pull] = (await forge.pullRequests([])).pulls.filter(({ branch }) => branch.startsWith("raos/request"));
  if (pull !== undefined) await forge.close(pull, "Not now.");
  const second = () => call("create_agent", child("second"));
  await expect.poll(second, { timeout: 20_000 }).toMatchObject({ value: { outcome: "opened" } });
  expect(requestsIn(bare)).toHaveLength(1);
});

test("planning counts as no refusal, and opens no issue", async () => {
  const { url, bare } = await serveFleet({ ...FLEET, ...granted(grantOf({ max: 1 })) });
  const { call } = await mcpClient(url, TOKENS.triage);
  for (let round = 0; round < 5; round += 1)
    await call("plan_change", { change: { kind: "create", ...child("first"), tenant: "other" } });
  expect(await issuesIn(bare, "open")).toEqual([]);
});

test("no evidence is read for an edit that an agent may not ask for", async () => {
  let reads = 0;
  const prometheus = await listen(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    if (`${request.url}${body}`.includes("waiting_customers")) reads += 1;
    json(response, { status: "success", data: { resultType: "matrix", result: [] } });
  });
  const source = `  prometheus: {url: "${prometheus}"}\n`;
  const served = async (supervision: string) =>
    serveFleet({
      ...FLEET,
      "raos.yaml": `${FLEET["raos.yaml"]?.trimEnd()}\n${source}`,
      "agents/acme/triage.yaml": triage({ supervision }),
    });
  const edit = { pointer: "/spec/description", value: "x", why: "It is slow.", evidence: ["e1"] };
  const asked = { agent: "acme/billing", edits: [edit], evidence: [{ kind: "metrics", promql: "waiting_customers" }] };
  const may = await mcpClient((await served("{improves: [acme/billing]}")).url, TOKENS.triage);
  await may.call("propose_edit", asked);
  expect(reads).toBeGreaterThan(0);
  reads = 0;
  const mayNot = await mcpClient((await served("{improves: [acme/triage]}")).url, TOKENS.triage);
  expect(await mayNot.call("propose_edit", asked)).toMatchObject({
    refused: expect.stringContaining("grant: not-among-improved: "),
  });
  expect(reads).toBe(0);
});

test("no model is asked for what an agent may not have", async () => {
  const { url, openai } = await serveWordedFleet(granted(grantOf({ max: 1, perDay: 100 })));
  const { call } = await mcpClient(url, TOKENS.triage);
  expect(await call("create_agent", child("first"))).toMatchObject({ value: { outcome: "opened" } });
  const asked = openai.requests.length;
  expect(await call("create_agent", { words: "an agent that greets customers" })).toMatchObject({
    refused: expect.stringContaining("too-many-agents: "),
  });
  expect(await call("propose_edit", { agent: "acme/billing", words: "give it 1Gi of memory" })).toMatchObject({
    refused: expect.stringContaining("not-among-improved: "),
  });
  expect(openai.requests.length).toBe(asked);
});
