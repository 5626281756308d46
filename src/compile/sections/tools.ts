import type { AgentSpec } from "../../domain/agent/agent.ts";
import type { Fleet } from "../../domain/fleet.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { namespaceOf } from "../namespace.ts";
import { filled, section, unless } from "../section.ts";
import { plainJson } from "./pod.ts";

type McpServer = Extract<NonNullable<AgentSpec["tools"]>[number], { mcp: unknown }>["mcp"];

/** MCP servers in the order of the spec, which is the order the model sees their tools in. */
export function mcpServers(spec: AgentSpec): readonly Json[] | undefined {
  return filled(spec.tools?.flatMap((tool) => ("mcp" in tool ? [mcpServer(tool.mcp)] : [])));
}

function mcpServer(server: McpServer): Json {
  const { streamableHTTP, sse, stdio } = server;
  const remote = streamableHTTP ?? sse;
  return (
    section({
      name: server.name,
      transport: unless(
        "streamableHTTP",
        streamableHTTP !== undefined ? "streamableHTTP" : sse !== undefined ? "sse" : "stdio",
      ),
      url: remote?.url,
      timeout: remote?.timeout,
      headers: filled(remote?.headers?.map((header) => plainJson(header))),
      command: stdio?.command,
      args: filled(stdio?.args),
      allow: filled(server.allow),
      requireApproval: filled(server.requireApproval),
    }) ?? {}
  );
}

/** A2A peers with the Kubernetes namespace each is in, each once, in the order of the spec. */
export function peers(spec: AgentSpec, tenant: string, fleet: Fleet): readonly Json[] | undefined {
  const seen = new Map<string, Json>();
  for (const tool of spec.tools ?? []) {
    if (!("agent" in tool)) continue;
    const namespace = namespaceOf(tool.agent.namespace ?? tenant, fleet);
    const key = `${namespace}/${tool.agent.name}`;
    if (!seen.has(key)) seen.set(key, { name: tool.agent.name, namespace });
  }
  return filled([...seen.values()]);
}
