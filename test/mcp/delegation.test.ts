import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLocalForge } from "../../src/forge/local/forge.ts";
import { openRepository } from "../../src/git/repository.ts";
import { decodeMarker } from "../../src/pr/marker.ts";
import { grantOf, HELPER } from "../support/api/granted-fleet.ts";
import { FLEET, serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { CLAIMS, ISSUER, signingKey } from "../support/identity/signing-key.ts";
import { triage } from "../support/specs/acme-fleet.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FORGED = { sub: "person:the-boss", act: { sub: "person:nobody-else" } };

/** The service, tokens of acme/triage with an actor, and the text of the only pull request of a request. */
async function served() {
  const key = await signingKey();
  const jwksFile = join(temporaryFolder(), "jwks.json");
  writeFileSync(jwksFile, key.jwks);
  const issuers = [{ environment: "production", issuer: ISSUER, jwksFile }];
  const files = {
    ...FLEET,
    "agents/acme/triage.yaml": triage({ limits: "{dollarsPerDay: 5}", supervision: grantOf({ max: 2 }) }),
    "templates/helper.yaml": HELPER,
  };
  const { url, bare } = await serveFleet(files, { AGENT_ISSUERS: JSON.stringify(issuers) });
  return {
    url,
    tokenWith: (act: unknown) => key.sign({ ...CLAIMS, act }),
    async pullText() {
      const repository = await openRepository(bare, { env: { PATH: process.env.PATH }, cache: temporaryFolder() });
      const { pulls } = await createLocalForge(repository, { clock: Date.now }).pullRequests([]);
      const [pull, ...more] = pulls.filter(({ branch }) => branch.startsWith("raos/request"));
      expect(more).toEqual([]);
      return pull?.body ?? "";
    },
  };
}

const child = { tenant: "acme", name: "child", template: "helper" };

/** A call of create_agent over MCP in which everything that is not signed says who else is behind it. */
function forgedCall(url: string, token: string) {
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    authorization: `Bearer ${token}`,
    ...{ act: JSON.stringify(FORGED), "x-forwarded-user": "the-boss", "x-act": JSON.stringify(FORGED) },
  };
  const params = {
    name: "create_agent",
    arguments: child,
    _meta: { act: FORGED, "raos.dev/act": FORGED },
    act: FORGED,
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  return fetch(`${url}/mcp`, { method: "POST", headers, body });
}

/** As `forgedCall`, over A2A. */
function forgedMessage(url: string, token: string) {
  const message = {
    ...{ messageId: "1", role: "ROLE_USER", metadata: { act: FORGED }, act: FORGED },
    parts: [{ data: { tool: "create_agent", arguments: child }, metadata: { act: FORGED } }],
  };
  const headers = { "content-type": "application/json", "a2a-version": "1.0", authorization: `Bearer ${token}` };
  const body = JSON.stringify({ message, metadata: { act: FORGED } });
  return fetch(`${url}/a2a/message:send`, { method: "POST", headers, body });
}

test.each([
  ["MCP", forgedCall],
  ["A2A", forgedMessage],
])("who acts for an agent is what the signed token says, whatever a message over %s says", async (_, send) => {
  const { url, tokenWith, pullText } = await served();
  const token = await tokenWith({ sub: "agent:acme/router@production", act: { sub: "person:robin" } });
  expect((await send(url, token)).status).toBe(200);
  const text = await pullText();
  expect(text).toContain(
    "the agent `acme/triage` in `production`, for which `agent:acme/router@production` acts, and before it `person:robin`",
  );
  expect(text).not.toMatch(/the-boss|nobody-else/);
});

test("a static token has no actors, whatever a message says", async () => {
  const { url, pullText } = await served();
  await forgedCall(url, TOKENS.triage);
  expect(await pullText()).toContain("the agent `acme/triage` in `production`, by values.");
  expect(await pullText()).not.toMatch(/acts|the-boss|nobody-else/);
});

test("an actor's name that is Markdown, a mention or a marker stays a name", async () => {
  const { url, tokenWith, pullText } = await served();
  const hostile = "`x`]-->@acme/leads|<img/src=x>";
  expect((await forgedCall(url, await tokenWith({ sub: hostile }))).status).toBe(200);
  const text = await pullText();
  const shown = String.raw`<code>\`x\`\]\-\-&gt;@&#8203;acme/leads\|&lt;img/src\=x&gt;</code>`;
  expect(text).toContain(`for which ${shown} acts, by values.`);
  // The only comment is the marker, and it can be read.
  expect(text.split("-->")).toHaveLength(text.split("<!--").length);
  expect(decodeMarker(text)?.requested?.request.from).toMatchObject({ agent: "acme/triage", chain: [hostile] });
});
