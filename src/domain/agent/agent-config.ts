import * as z from "zod";
import { mapOf } from "../values/map-of.ts";
import { AgentName, DnsLabel, Duration, HttpUrl, Port, Route } from "../values/scalars.ts";
import { RunLimits } from "./agent-limits.ts";
import { LanguageModel } from "./agent-model.ts";
import { WORKLOADS } from "./workload.ts";

const File = z.string().min(1).max(512);
const ToolNames = z.array(z.string().min(1).max(128)).max(256).optional();

/** A server of tools as `mcp.json` has it, the format that MCP clients read. */
const McpEntry = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.enum(["http", "sse"]),
    url: HttpUrl.describe("URL of the server"),
    timeout: Duration.optional().describe("How long a call may take, such as 30s"),
    headers: mapOf(z.string().max(64), z.string().max(1024), 16)
      .optional()
      .describe(
        "Headers of every request; ${NAME} is filled in from the environment, ${file:…} from a token that Kubernetes renews",
      ),
    allowedTools: ToolNames.describe("Tools the agent may call; left out: all"),
    requireApproval: ToolNames.describe("Tools that need a person's approval"),
  }),
  z.strictObject({
    type: z.literal("stdio"),
    command: z.string().min(1).max(512).describe("Program to run beside the agent"),
    args: z.array(z.string().max(1024)).max(64).optional().describe("Arguments of the program"),
    allowedTools: ToolNames.describe("Tools the agent may call; left out: all"),
    requireApproval: ToolNames.describe("Tools that need a person's approval"),
  }),
]);
export type McpEntry = z.infer<typeof McpEntry>;

const PeerEntry = z.strictObject({
  name: AgentName,
  namespace: DnsLabel,
  appId: z.string().min(1).max(128),
  url: HttpUrl.describe("Address under which this agent's own sidecar, or the cluster, reaches the peer"),
});
export type PeerEntry = z.infer<typeof PeerEntry>;

/**
 * `agent.json`, by which the stock agent runs: `charts/agent` writes it from the values that `compile` makes, and `raos agent` reads it.
 * Files are named from its own folder. It holds no secret: those come from the environment.
 */
export const AgentConfig = z.strictObject({
  version: z.literal(1).describe("Version of this format"),
  name: AgentName,
  namespace: DnsLabel.describe("Kubernetes namespace"),
  tenant: DnsLabel,
  environment: DnsLabel,
  workload: z.enum(WORKLOADS),
  port: Port,
  healthPath: Route,
  metricsPath: Route,
  instructions: File.describe("File of the system prompt"),
  card: File.optional().describe("File of the A2A agent card; left out: the agent serves no A2A"),
  model: LanguageModel.omit({ apiKeySecretRef: true }),
  limits: RunLimits.required().describe("What a task may take, and a day may cost"),
  mcpServers: mapOf(DnsLabel, McpEntry, 128).describe("Servers of tools by name"),
  approvers: z
    .array(z.string().regex(/^[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}$/))
    .max(256)
    .optional()
    .describe("Callers that answer for people, as `app-id.namespace`"),
  peers: z.array(PeerEntry).max(128).describe("Agents it may ask"),
  dapr: z
    .strictObject({
      stateStore: z.string().min(1).max(128).optional().describe("Component that keeps tasks and conversations"),
      pubsub: z.string().min(1).max(128).optional().describe("Component that delivers messages"),
      routes: z.array(Route).max(64).describe("Paths to which messages of topics are posted"),
    })
    .optional()
    .describe("Building blocks of the sidecar; left out: there is none"),
});
export type AgentConfig = z.infer<typeof AgentConfig>;
