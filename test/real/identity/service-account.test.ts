import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mcpClient } from "../../support/api/mcp-client.ts";
import { FLEET, serveFleet } from "../../support/api/served-fleet.ts";
import { CLAIMS, signingKey } from "../../support/identity/signing-key.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { describeReal } from "../component.ts";
import { type ApiServer, apiServerTools, startApiServer } from "../kubernetes/apiserver.ts";

describeReal(apiServerTools, "tokens that a cluster issues", () => {
  let server: ApiServer;
  let jwks = "";
  beforeAll(async () => {
    server = await startApiServer();
    for (const name of ["triage", "gone"])
      expect(
        await server.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: "acme" } }),
      ).toEqual([]);
    const { body } = await server.client.send("GET", "/openid/v1/jwks");
    jwks = typeof body === "string" ? body : JSON.stringify(body);
  });
  afterAll(() => server?.stop());

  /** What a pod finds in its projected volume. */
  async function tokenOf(name: string, audience: string): Promise<string> {
    const spec = { audiences: [audience], expirationSeconds: 600 };
    const text = JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec });
    const path = `/api/v1/namespaces/acme/serviceaccounts/${name}/token`;
    const { body } = await server.client.send("POST", path, { type: "application/json", text });
    const status: unknown = body instanceof Object ? Reflect.get(body, "status") : undefined;
    return status instanceof Object ? String(Reflect.get(status, "token")) : "";
  }

  async function served() {
    const jwksFile = join(temporaryFolder(), "jwks.json");
    writeFileSync(jwksFile, jwks);
    const issuer = { environment: "production", issuer: "https://kubernetes.default.svc", jwksFile };
    return serveFleet(FLEET, { API_TOKENS: "", AGENT_ISSUERS: JSON.stringify([issuer]) });
  }

  const ask = (url: string, token: string) =>
    fetch(`${url}/mcp`, { method: "POST", headers: { authorization: `Bearer ${token}` }, body: "{}" });

  it("an agent asks with its ServiceAccount's token, and sees its tenant", async () => {
    const { url } = await served();
    const { call } = await mcpClient(url, await tokenOf("triage", "raos"));
    const called = await call("list_agents");
    expect(called).toMatchObject({ value: { agents: [{ agent: "acme/billing" }, { agent: "acme/triage" }] } });
  });

  it("a token for the API server, one of a deleted agent, and one that another cluster signed are refused by name", async () => {
    const { url } = await served();
    const forged = await (await signingKey("of-another-cluster")).sign(CLAIMS);
    const answers = await Promise.all(
      [await tokenOf("triage", "https://kubernetes.default.svc"), await tokenOf("gone", "raos"), forged].map(
        async (token) => {
          const response = await ask(url, token);
          return [response.status, Reflect.get(Object(await response.json()), "reason")];
        },
      ),
    );
    expect(answers).toEqual([
      [401, "wrong-audience"],
      [403, "unknown-agent"],
      [401, "bad-signature"],
    ]);
  });
});
