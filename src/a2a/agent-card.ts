import type { AgentCard, AgentSkill } from "@a2a-js/sdk";
import type { ApiTool } from "../api/tool.ts";

/** What RAOS says of itself to other agents, under the address that it was asked by. */
export function agentCardOf(origin: string, version: string, tools: readonly ApiTool[]): AgentCard {
  const at = (protocolBinding: string) => ({
    url: `${origin}/a2a`,
    protocolBinding,
    tenant: "",
    protocolVersion: "1.0",
  });
  return {
    name: "RAOS",
    description:
      "Runs AI agents from specs in Git. Every change that is asked for becomes a pull request, which people or policies accept; the task is that pull request.",
    supportedInterfaces: [at("JSONRPC"), at("HTTP+JSON")],
    provider: undefined,
    version,
    capabilities: { streaming: true, pushNotifications: true, extensions: [], extendedAgentCard: false },
    securitySchemes: {
      bearer: {
        scheme: {
          $case: "httpAuthSecurityScheme",
          value: {
            scheme: "Bearer",
            bearerFormat: "JWT",
            description: "A ServiceAccount token with the audience raos, or another token that RAOS accepts",
          },
        },
      },
    },
    securityRequirements: [{ schemes: { bearer: { list: [] } } }],
    defaultInputModes: ["application/json", "text/plain"],
    defaultOutputModes: ["application/json", "text/plain"],
    skills: tools.map(skillOf),
    signatures: [],
  };
}

function skillOf({ name, title, description, scope }: ApiTool): AgentSkill {
  return {
    ...{ id: name, name: title, description },
    tags: [scope === "raos:read" ? "read" : "change"],
    examples: [`{"tool": "${name}", "arguments": {}}`],
    inputModes: ["application/json"],
    outputModes: ["application/json"],
    securityRequirements: [],
  };
}
