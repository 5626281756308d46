import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { repeated, type SpecFault } from "./spec-fault.ts";

/** MCP servers and peers. */
export function tools({ tools: list = [] }: AgentSpec): readonly SpecFault[] {
  const findings = list.flatMap((tool, index): readonly SpecFault[] => {
    if (!("mcp" in tool)) return [];
    const { mcp } = tool;
    const transports = [mcp.streamableHTTP, mcp.sse, mcp.stdio].filter((transport) => transport !== undefined).length;
    const path = ["tools", index, "mcp"];
    return transports === 1
      ? headerFaults(mcp, path)
      : [
          {
            path,
            message: `${transports === 0 ? "no transport" : "more than one transport"}; write exactly one of streamableHTTP, sse and stdio`,
          },
        ];
  });
  const nameOf = (tool: (typeof list)[number]) =>
    "mcp" in tool ? `MCP server ${tool.mcp.name}` : `peer ${tool.agent.namespace ?? ""}/${tool.agent.name}`;
  return [...findings, ...repeated(list, nameOf, ["tools"], undefined, "")];
}

type McpServer = Extract<NonNullable<AgentSpec["tools"]>[number], { mcp: unknown }>["mcp"];

function headerFaults(mcp: McpServer, path: readonly (string | number)[]): readonly SpecFault[] {
  const transport = mcp.streamableHTTP === undefined ? "sse" : "streamableHTTP";
  const headers = mcp[transport]?.headers ?? [];
  const at = [...path, transport, "headers"];
  const faults = headers.flatMap(({ name, value, secretKeyRef }, index) =>
    (value === undefined) === (secretKeyRef === undefined)
      ? [{ path: [...at, index], message: `header ${name} needs exactly one of value and secretKeyRef` }]
      : [],
  );
  return [...faults, ...repeated(headers, ({ name }) => name.toLowerCase(), at, "name", "header")];
}

/** Skills of the A2A endpoint. */
export function skills({ a2a }: AgentSpec): readonly SpecFault[] {
  return repeated(a2a.skills ?? [], (skill) => skill.id, ["a2a", "skills"], "id", "skill");
}
