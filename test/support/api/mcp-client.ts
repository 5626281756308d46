import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { onTestFinished } from "vitest";

/** What a call of a tool gave: its value, or the refusal that a model would see. */
export type Called = { readonly value: unknown } | { readonly refused: string };

/** A client of MCP's own SDK, connected to a server with a token. */
export async function mcpClient(url: string, token: string) {
  const client = new Client({ name: "test", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  onTestFinished(async () => {
    await client.close();
  });
  return {
    client,
    async call(name: string, args: Readonly<Record<string, unknown>> = {}): Promise<Called> {
      const result = await client.callTool({ name, arguments: { ...args } });
      const [first] = result.content;
      const text = first?.type === "text" ? first.text : "";
      return result.isError === true ? { refused: text } : { value: result.structuredContent };
    },
  };
}
