import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, onTestFinished, test } from "vitest";
import { mcpClient } from "../support/api/mcp-client.ts";
import { branchesOf, serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { serveWordedFleet } from "../support/api/worded-fleet.ts";

const requestsIn = (bare: string) => branchesOf(bare).filter((branch) => branch.startsWith("raos/request"));

/** A client of 2026-07-28 whose user answers forms so; what the user was shown is in `shown`. */
async function askedClient(url: string, answer: Readonly<Record<string, string | boolean>> | "decline") {
  const shown: unknown[] = [];
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  client.setRequestHandler("elicitation/create", ({ params }) => {
    shown.push(params);
    return answer === "decline" ? { action: "decline" } : { action: "accept", content: answer };
  });
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${TOKENS.robin}` } },
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { client, shown };
}

test("words become a pull request, once, whoever is asked again", async () => {
  const { url, bare, openai } = await serveWordedFleet();
  const { call } = await mcpClient(url, TOKENS.robin);
  const words = "an agent that greets customers";
  expect(await call("create_agent", { words })).toMatchObject({ value: { outcome: "opened" } });
  const asked = openai.requests.length;
  expect(await call("create_agent", { words })).toMatchObject({ value: { outcome: "unchanged" } });
  expect(openai.requests.length).toBe(asked);
  expect(await call("propose_edit", { agent: "acme/triage", words: "give it 1Gi of memory" })).toMatchObject({
    value: { outcome: "opened" },
  });
  expect(requestsIn(bare)).toHaveLength(2);
});

test("what has to be known first is shown to the user of a new client, and named to an older one", async () => {
  const { url, bare } = await serveWordedFleet();
  const words = "something unclear";
  const { call } = await mcpClient(url, TOKENS.robin);
  expect(await call("create_agent", { words })).toEqual({
    refused: "needs-answers: call again with the same arguments and answers to:\n- Which language?",
  });
  expect(requestsIn(bare)).toEqual([]);
  const { client, shown } = await askedClient(url, { answer1: "German" });
  const made = await client.callTool({ name: "create_agent", arguments: { words } });
  expect(shown).toMatchObject([{ requestedSchema: { properties: { answer1: { title: "Which language?" } } } }]);
  expect(made.structuredContent).toMatchObject({ outcome: "opened" });
  expect(await call("create_agent", { words, answers: ["German"] })).toMatchObject({ value: { outcome: "unchanged" } });
  expect(requestsIn(bare)).toHaveLength(1);
});

test("what takes something away is confirmed by the user, where there is one to ask", async () => {
  const { url, bare } = await serveFleet();
  const retire = { name: "retire_agent", arguments: { agent: "acme/billing" } };
  const no = await askedClient(url, "decline");
  expect(await no.client.callTool(retire)).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining("declined: ") }],
  });
  const unsure = await askedClient(url, { confirm: false });
  expect(await unsure.client.callTool(retire)).toMatchObject({ isError: true });
  expect(requestsIn(bare)).toEqual([]);
  const yes = await askedClient(url, { confirm: true });
  expect((await yes.client.callTool(retire)).structuredContent).toMatchObject({ outcome: "opened" });
  expect(yes.shown).toMatchObject([{ message: expect.stringContaining("acme/billing") }]);
});

test.each([
  ["nothing said", "create_agent", {}, "wrong-arguments: say what"],
  ["a template without a name", "create_agent", { template: "helper" }, "wrong-arguments: "],
  [
    "what the model refuses",
    "create_agent",
    { words: "something forbidden" },
    "refused-by-the-model: That is no agent.",
  ],
  ["a change of nothing", "propose_edit", { agent: "acme/triage" }, "wrong-arguments: say what"],
  ["a change of an agent that is not there", "propose_edit", { agent: "acme/x", words: "more" }, "unknown-agent: "],
])("%s is refused by name", async (_, tool, args, refusal) => {
  const { url, bare } = await serveWordedFleet();
  const { call } = await mcpClient(url, TOKENS.robin);
  const called = await call(tool, args);
  expect("refused" in called ? called.refused : called).toContain(refusal);
  expect(requestsIn(bare)).toEqual([]);
});

test("an agent without a grant asks in vain, and no model is asked", async () => {
  const { url, openai } = await serveWordedFleet();
  const { call } = await mcpClient(url, TOKENS.triage);
  const called = await call("create_agent", { words: "a helper of mine" });
  expect("refused" in called ? called.refused : called).toContain("no-grant: ");
  expect(openai.requests).toEqual([]);
});
