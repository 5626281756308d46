import { McpServer } from "@modelcontextprotocol/server";
import { Registry } from "prom-client";
import { onTestFinished } from "vitest";
import { createMcpDoor, MCP_PATH } from "../../../src/app/service/api/mcp-door.ts";
import { createHttpListener } from "../../../src/http/listener.ts";
import { startService } from "../../../src/http/service.ts";
import { readApiTokens } from "../../../src/identity/api-tokens.ts";
import { createRounds } from "../../../src/mcp/rounds.ts";
import { createStatelessHandler } from "../../../src/mcp/stateless.ts";
import { TOKENS } from "../../support/api/served-fleet.ts";
import { registerContents } from "./fixture-contents.ts";
import { registerRounds } from "./fixture-rounds.ts";
import { registerSchemas } from "./fixture-schemas.ts";

/** The service's HTTP, gate and MCP handler with the tools that the suite calls by name; its address. */
export async function serveFixtures(): Promise<string> {
  const tokens = readApiTokens(JSON.stringify({ [TOKENS.robin]: "person:robin" }));
  if ("wrong" in tokens) throw new Error(tokens.wrong);
  const nobody = async () => Promise.reject(new Error("no repository is served"));
  const rounds = createRounds();
  const handler = createStatelessHandler(
    () => {
      const server = new McpServer(
        { name: "fixtures", version: "1.0.0" },
        { capabilities: { tools: {}, logging: {} }, requestState: { verify: rounds.verify } },
      );
      registerContents(server);
      registerRounds(server, rounds);
      registerSchemas(server);
      return server;
    },
    () => {},
  );
  const gate = {
    proofs: { tokens: tokens.owner, issuers: [], people: undefined, now: Date.now },
    repositories: { names: () => [], use: nobody, draft: nobody },
    ...{ url: undefined, path: MCP_PATH },
  };
  const listener = await createHttpListener({
    ...{ secret: "not-used-here", app: undefined, metrics: new Registry() },
    ...{ enqueue: () => "joined", notReady: () => undefined, warn: () => {} },
    doors: [createMcpDoor(gate, [], handler)],
  });
  const service = await startService(listener, { host: "127.0.0.1", port: 0 });
  onTestFinished(() => service.stop(100));
  return service.url;
}
