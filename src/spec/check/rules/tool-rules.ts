import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { displayValue } from "../../problems/display-value.ts";
import { nearest } from "../../problems/nearest.ts";
import { repeated, type SpecFault } from "./spec-fault.ts";

/** MCP servers and peers. */
export function tools({ tools: list = [] }: AgentSpec): readonly SpecFault[] {
  const findings = list.flatMap((tool, index): readonly SpecFault[] => {
    if (!("mcp" in tool)) return [];
    const { mcp } = tool;
    const transports = [mcp.streamableHTTP, mcp.sse, mcp.stdio].filter((transport) => transport !== undefined).length;
    const path = ["tools", index, "mcp"];
    return transports === 1
      ? [...headerFaults(mcp, path), ...approvalFaults(mcp, path)]
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
  const faults = headers.flatMap(({ name, ...sources }, index) =>
    Object.values(sources).filter((source) => source !== undefined).length === 1
      ? []
      : [
          {
            path: [...at, index],
            message: `header ${name} needs exactly one of value, secretKeyRef and serviceAccountToken`,
          },
        ],
  );
  return [...faults, ...repeated(headers, ({ name }) => name.toLowerCase(), at, "name", "header")];
}

/** A tool that needs approval, and that the list of allowed tools spells otherwise: it would be called without approval. */
function approvalFaults(
  { allow, requireApproval = [] }: McpServer,
  path: readonly (string | number)[],
): readonly SpecFault[] {
  if (allow === undefined) return [];
  return requireApproval.flatMap((tool, index) => {
    const near = allow.includes(tool) ? undefined : nearest(tool, allow);
    if (near === undefined || requireApproval.includes(near)) return [];
    const message = `allow does not hold ${displayValue(tool)}; did you mean ${displayValue(near)}?`;
    return [{ path: [...path, "requireApproval", index], message }];
  });
}

/** Skills of the A2A endpoint. */
export function skills({ a2a }: AgentSpec): readonly SpecFault[] {
  return repeated(a2a.skills ?? [], (skill) => skill.id, ["a2a", "skills"], "id", "skill");
}
