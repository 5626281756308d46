import { request } from "node:http";
import { expect, test } from "vitest";
import { serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { raos } from "../support/cli/raos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const LIST = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

/** A request with any header, `Host` among them; the status, the headers and the text of the answer. */
function ask(url: string, path: string, headers: Readonly<Record<string, string>>, body = LIST, method = "POST") {
  const { hostname, port } = new URL(url);
  const own = { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers };
  return new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; text: string }>(
    (resolve, reject) => {
      const call = request({ host: hostname, port, path, method, headers: own }, (answer) => {
        let text = "";
        answer.on("data", (part) => {
          text += part;
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        answer.on("error", reject);
      });
      call.on("error", reject);
      call.end(method === "GET" ? undefined : body);
    },
  );
}

const robin = { authorization: `Bearer ${TOKENS.robin}` };

test("who has no token learns where the rules of tokens are", async () => {
  const { url } = await serveFleet();
  const { host } = new URL(url);
  const metadata = `http://${host}/.well-known/oauth-protected-resource/mcp`;
  const refused = await ask(url, "/mcp", {});
  expect([refused.status, refused.headers["www-authenticate"]]).toEqual([
    401,
    `Bearer resource_metadata="${metadata}"`,
  ]);
  expect(JSON.parse((await ask(url, "/.well-known/oauth-protected-resource/mcp", {}, "", "GET")).text)).toEqual({
    resource: `http://${host}/mcp`,
    resource_name: "RAOS",
    bearer_methods_supported: ["header"],
    scopes_supported: ["raos:read", "raos:write"],
  });
  expect(JSON.parse((await ask(url, "/.well-known/oauth-protected-resource/a2a", {}, "", "GET")).text)).toMatchObject({
    resource: `http://${host}/a2a`,
    scopes_supported: ["raos:read", "raos:write"],
  });
  const wrong = await ask(url, "/mcp", { authorization: "Bearer something-else" });
  expect([wrong.status, wrong.headers["www-authenticate"]]).toEqual([
    401,
    `Bearer error="invalid_token", error_description="unknown-token: the token is not known", resource_metadata="${metadata}"`,
  ]);
});

test("an agent that was deleted and still asks is refused by name", async () => {
  const { url } = await serveFleet();
  const refused = await ask(url, "/mcp", { authorization: `Bearer ${TOKENS.gone}` });
  expect([refused.status, JSON.parse(refused.text).reason]).toEqual([403, "unknown-agent"]);
  // Else clients would ask for a wider token, and again.
  expect(refused.headers["www-authenticate"]).not.toContain("insufficient_scope");
});

test("a page of another site that a browser shows cannot ask, also with a name that leads here", async () => {
  const { url } = await serveFleet();
  expect((await ask(url, "/mcp", { ...robin, host: "evil.example" })).status).toBe(403);
  expect((await ask(url, "/mcp", { ...robin, origin: "https://evil.example" })).status).toBe(403);
  expect((await ask(url, "/mcp", { ...robin, origin: "null" })).status).toBe(403);
  expect((await ask(url, "/mcp", robin)).status).toBe(200);
});

test("the public address of API_URL is allowed, and named in the metadata", async () => {
  const { url } = await serveFleet(undefined, { API_URL: "https://raos.acme.example" });
  expect((await ask(url, "/mcp", { ...robin, host: "raos.acme.example" })).status).toBe(200);
  const refused = await ask(url, "/mcp", { host: "raos.acme.example" });
  expect(refused.headers["www-authenticate"]).toContain("https://raos.acme.example/.well-known/");
});

test("10 MB of arguments, what is no JSON, and an unknown version are answered, and the next call works", async () => {
  const { url } = await serveFleet();
  const call = (args: unknown) =>
    JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "list_agents", arguments: args } });
  expect((await ask(url, "/mcp", robin, call({ cursor: "x".repeat(10_000_000) }))).status).toBe(413);
  expect((await ask(url, "/mcp", {}, call({ cursor: "x".repeat(900_000) }))).status).toBe(401);
  expect((await ask(url, "/mcp", robin, "{")).status).toBe(400);
  const unknown = await ask(url, "/mcp", { ...robin, "mcp-protocol-version": "1999-01-01" });
  expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining("1999-01-01")]);
  const many = await ask(url, "/mcp", robin, call({ tenant: Array.from({ length: 20_000 }, () => 1) }));
  expect(many.text).toContain("maximum of 10000 elements");
  expect((await ask(url, "/mcp", robin)).status).toBe(200);
});

test("where nobody may use it, there is no such door", async () => {
  const { url } = await serveFleet(undefined, { API_TOKENS: "" });
  expect((await ask(url, "/mcp", robin)).status).toBe(404);
});

test.each([
  ["API_TOKENS", "{"],
  ["AGENT_ISSUERS", "{}"],
  ["API_PEOPLE", "everybody"],
  ["API_URL", "raos.acme.example"],
])("with a wrong %s the service does not start", async (name, value) => {
  const folder = temporaryFolder();
  const { code, err } = await raos(folder, ["serve", "--repo", folder], { [name]: value });
  expect([code, err]).toEqual([2, expect.stringContaining(`${name}: `)]);
});
