import { join } from "node:path";
import { expect, test } from "vitest";
import { findTool } from "../../../tools/find.ts";
import { branchesOf, serveFleet, TOKENS } from "../../support/api/served-fleet.ts";
import { describeReal } from "../component.ts";

/** What is used of a client of the SDK's first generation, which most programs still have. */
interface OlderClient {
  connect(transport: object): Promise<void>;
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  callTool(call: { readonly name: string; readonly arguments: object }): Promise<{
    readonly isError?: boolean;
    readonly structuredContent?: unknown;
    readonly content: readonly { readonly text?: string }[];
  }>;
  getServerVersion(): { readonly name: string } | undefined;
  close(): Promise<void>;
}

interface OlderSdk {
  readonly Client: new (self: { readonly name: string; readonly version: string }) => OlderClient;
  readonly StreamableHTTPClientTransport: new (
    url: URL,
    options: { readonly requestInit: { readonly headers: Readonly<Record<string, string>> } },
  ) => object;
}

/** The SDK 1.x that the conformance suite brings, which speaks the protocol of 2025-11-25: it says hello first. */
async function olderSdk(): Promise<OlderSdk> {
  const tool = findTool("mcp-conformance");
  const folder = join(tool.kind === "found" ? tool.path : "", "node_modules/@modelcontextprotocol/sdk/dist/esm/client");
  const [client, transport] = await Promise.all([
    import(join(folder, "index.js")),
    import(join(folder, "streamableHttp.js")),
  ]);
  return { ...client, ...transport };
}

describeReal(["mcp-conformance"], "a client of an earlier make and an earlier protocol", () => {
  test("lists the tools, reads, asks for an edit, and is told why not", async () => {
    const { Client, StreamableHTTPClientTransport } = await olderSdk();
    const { url, bare } = await serveFleet();
    const client = new Client({ name: "older", version: "1.0.0" });
    const headers = { authorization: `Bearer ${TOKENS.robin}` };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
    try {
      expect(client.getServerVersion()?.name).toBe("raos");
      const names = (await client.listTools()).tools.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(["list_agents", "get_agent", "propose_edit", "retire_agent"]));
      const listed = await client.callTool({ name: "list_agents", arguments: { tenant: "acme" } });
      expect(JSON.stringify(listed.structuredContent)).toContain('"acme/triage"');
      const edits = [{ pointer: "/spec/scaling/min", value: 2, why: "More customers" }];
      const asked = await client.callTool({ name: "propose_edit", arguments: { agent: "acme/triage", edits } });
      expect(asked).toMatchObject({ structuredContent: { outcome: "opened" } });
      expect(branchesOf(bare).filter((branch) => branch.startsWith("raos/request/"))).toHaveLength(1);
      const refused = await client.callTool({ name: "propose_edit", arguments: { agent: "acme/nobody", edits } });
      expect(refused.isError).toBe(true);
      expect(refused.content[0]?.text).toMatch(/^unknown-agent: /);
    } finally {
      await client.close();
    }
  });
});
