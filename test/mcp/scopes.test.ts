import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TaskState } from "@a2a-js/sdk";
import { describe, expect, test } from "vitest";
import { a2aClient, callMessage } from "../support/api/a2a-client.ts";
import { mcpClient } from "../support/api/mcp-client.ts";
import { branchesOf, FLEET, serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { CLAIMS, ISSUER, signingKey } from "../support/identity/signing-key.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const RETIRE = { agent: "acme/triage", words: "It is not used." };

/** The service, and tokens of acme/triage whose issuer wrote these claims beside the others. */
async function servedWithIssuer() {
  const key = await signingKey();
  const jwksFile = join(temporaryFolder(), "jwks.json");
  writeFileSync(jwksFile, key.jwks);
  const issuers = [{ environment: "production", issuer: ISSUER, jwksFile }];
  const served = await serveFleet(FLEET, { AGENT_ISSUERS: JSON.stringify(issuers) });
  return { ...served, tokenOf: (more: Readonly<Record<string, unknown>>) => key.sign({ ...CLAIMS, ...more }) };
}

const callOf = (name: string, args: unknown) => ({
  ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
  params: { name, arguments: args },
});

async function post(url: string, path: string, token: string, body: unknown) {
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "a2a-version": "1.0",
    authorization: `Bearer ${token}`,
  };
  const response = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, challenge: response.headers.get("www-authenticate"), text: await response.text() };
}

describe("over MCP", () => {
  test("a token that may only read reads, and is told which scopes a change needs", async () => {
    const { url, bare, tokenOf } = await servedWithIssuer();
    const token = await tokenOf({ scope: "openid raos:read" });
    const { call } = await mcpClient(url, token);
    expect(await call("get_agent", { agent: "acme/triage" })).toMatchObject({ value: { agent: "acme/triage" } });
    const refused = await post(url, "/mcp", token, callOf("retire_agent", RETIRE));
    const metadata = `${url.replace("localhost", "127.0.0.1")}/.well-known/oauth-protected-resource/mcp`;
    expect([refused.status, refused.challenge]).toEqual([
      403,
      `Bearer error="insufficient_scope", scope="raos:read raos:write", resource_metadata="${metadata}"`,
    ]);
    expect(JSON.parse(refused.text)).toMatchObject({ error: "insufficient_scope", reason: "insufficient-scope" });
    const many = await post(url, "/mcp", token, [callOf("list_agents", {}), callOf("retire_agent", RETIRE)]);
    expect(many.status).toBe(403);
    expect(branchesOf(bare)).toEqual([]);
  });

  test.each([
    ["a scope of somebody else", { scope: "openid" }, 403],
    ["an empty scope", { scope: "" }, 403],
    ["a scope of another shape", { scope: { "raos:read": true } }, 403],
    ["only the right to change", { scp: ["raos:write"] }, 403],
    ["the scope as a list", { scp: ["raos:read"] }, 200],
    ["two claims that disagree", { scope: "raos:read raos:write", scp: ["raos:write"] }, 403],
    ["no scope, as a ServiceAccount's token", {}, 200],
  ])("reading with %s: %o is answered with %d", async (_, claims, status) => {
    const { url, tokenOf } = await servedWithIssuer();
    expect((await post(url, "/mcp", await tokenOf(claims), callOf("list_agents", {}))).status).toBe(status);
  });

  test("every tool is listed with the scope that it needs, whoever asks", async () => {
    const { url, tokenOf } = await servedWithIssuer();
    const scopes = async (token: string) => {
      const { tools } = await (await mcpClient(url, token)).client.listTools();
      return tools.map(({ name, _meta }) => [name, _meta?.["raos.dev/scope"]]);
    };
    const listed = await scopes(await tokenOf({ scope: "raos:read" }));
    expect(listed).toEqual(await scopes(TOKENS.robin));
    expect(Object.fromEntries(listed)).toMatchObject({ list_agents: "raos:read", propose_edit: "raos:write" });
  });
});

describe.each(["JSONRPC", "HTTP+JSON"] as const)("over A2A, %s", (binding) => {
  test("a token that may only read gets the same answer for a change, also as a stream, and for the end of a task", async () => {
    const { url, bare, tokenOf } = await servedWithIssuer();
    const reading = await tokenOf({ scope: "raos:read" });
    const asked = { role: "ROLE_USER", messageId: "1", parts: [{ data: { tool: "retire_agent", arguments: RETIRE } }] };
    const message = { message: asked };
    const rpc = (method: string, params: unknown) => ({ jsonrpc: "2.0", id: 1, method, params });
    const answers =
      binding === "JSONRPC"
        ? [
            await post(url, "/a2a", reading, rpc("SendMessage", message)),
            await post(url, "/a2a", reading, rpc("SendStreamingMessage", message)),
            await post(url, "/a2a", reading, rpc("CancelTask", { id: "fleet:0123456789abcdef" })),
          ]
        : [
            await post(url, "/a2a/message:send", reading, message),
            await post(url, "/a2a/message:stream", reading, message),
            await post(url, "/a2a/tasks/fleet:0123456789abcdef:cancel", reading, {}),
          ];
    for (const { status, challenge, text } of answers) {
      expect([status, challenge]).toEqual([403, expect.stringContaining('scope="raos:read raos:write"')]);
      expect(JSON.parse(text)).toMatchObject({ reason: "insufficient-scope" });
    }
    expect(branchesOf(bare)).toEqual([]);
  });

  test("it reads, streams too, and who asked for a task follows it with another token", async () => {
    const { url, tokenOf } = await servedWithIssuer();
    const writing = await a2aClient(url, await tokenOf({ scope: "raos:read raos:write" }), binding);
    const refused = await writing.sendMessage(callMessage("retire_agent", RETIRE));
    const id = "id" in refused ? refused.id : "";
    const reading = await a2aClient(url, await tokenOf({ scope: "raos:read" }), binding);
    expect(await reading.getTask({ id, tenant: "" })).toMatchObject({
      status: { state: TaskState.TASK_STATE_REJECTED },
    });
    const kinds: unknown[] = [];
    for await (const event of reading.sendMessageStream(callMessage("get_agent", { agent: "acme/triage" })))
      kinds.push(event.payload?.$case);
    expect(kinds).toEqual(["message"]);
  });
});
