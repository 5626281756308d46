import * as z from "zod";
import { AgentName, DnsLabel, Duration, HttpUrl, SecretKeyRef } from "../values/scalars.ts";

/** An agent's system prompt. */
export const Instructions = z
  .strictObject({
    inline: z.string().min(1).max(262_144).optional().describe("The system prompt itself"),
    file: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .describe("Path of a prompt file, from the root of this repository, such as prompts/triage.md"),
  })
  .describe("The agent's system prompt: inline or file");

/** The language model an agent speaks through. */
export const LanguageModel = z
  .strictObject({
    provider: z
      .enum(["openai", "azure-openai", "anthropic", "bedrock", "gemini", "mistral", "ollama", "vertex", "custom"])
      .default("openai")
      .describe("Model provider"),
    name: z.string().min(1).max(128).describe("Model name, as the provider spells it"),
    region: z
      .string()
      .max(64)
      .regex(/^[a-z]+(-[a-z0-9]+)*$/, "is not a region, such as eu-central-1")
      .optional()
      .describe("Region of the cloud that serves the model; bedrock and vertex only"),
    endpoint: HttpUrl.optional().describe("Base URL of an OpenAI-compatible API; left out: the provider's own"),
    apiKeySecretRef: SecretKeyRef.optional().describe("Secret that holds the API key"),
    fallbacks: z.array(z.string().min(1).max(128)).max(8).optional().describe("Models to fall back to, best first"),
    maxConcurrency: z.int().min(1).max(10_000).optional().describe("Concurrent model calls per replica"),
  })
  .describe("The language model");

/** A `Model` of the repository that an agent, a template or an overlay uses. */
export const ModelRef = z
  .strictObject({ name: DnsLabel.describe("Name of a Model of this repository") })
  .describe(
    "The Model that spec.model starts from: fields written beside it win, and what lower layers say about the model does not count",
  );

const McpHeader = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/, "is not a header's name, such as Authorization")
    .describe("Name of the header, such as Authorization"),
  value: z
    .string()
    .max(1024)
    .regex(/^[!-~]([ -~]*[!-~])?$/, "is not text that a header can hold")
    .optional()
    .describe("A plain value; never a secret"),
  secretKeyRef: SecretKeyRef.optional().describe(
    "Key of a Secret that holds the whole value, such as Bearer and a space before the token",
  ),
  serviceAccountToken: z
    .strictObject({
      audience: z
        .string()
        .max(63)
        .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "is not an audience of lower-case letters, digits, dots and dashes")
        .describe("Whom the token is for: raos for RAOS itself"),
    })
    .optional()
    .describe("Bearer and a token of the agent's own ServiceAccount, which Kubernetes renews within the hour"),
});

const McpEndpoint = z.strictObject({
  url: HttpUrl.describe("URL of the MCP server"),
  timeout: Duration.optional().describe("How long a call may take, such as 30s"),
  headers: z.array(McpHeader).max(16).optional().describe("Headers of every request, such as the one that signs in"),
});

const McpProcess = z.strictObject({
  command: z.string().min(1).max(512).describe("Program to run beside the agent"),
  args: z.array(z.string().max(1024)).max(64).optional().describe("Arguments of the program"),
});

const McpServer = z.strictObject({
  name: DnsLabel.describe("Name of the MCP server"),
  streamableHTTP: McpEndpoint.optional().describe("Reach the server over streamable HTTP"),
  sse: McpEndpoint.optional().describe("Reach the server over server-sent events, the older transport"),
  stdio: McpProcess.optional().describe("Start the server as a process and speak over its standard input and output"),
  allow: z
    .array(z.string().min(1).max(128))
    .min(1)
    .max(256)
    .optional()
    .describe("Tools the agent may call; left out: all"),
  requireApproval: z
    .array(z.string().min(1).max(128))
    .max(256)
    .optional()
    .describe("Tools that need a person's approval"),
});

const Peer = z.strictObject({
  name: AgentName.describe("Name of the peer"),
  namespace: DnsLabel.optional().describe("Tenant of the peer; left out: this agent's"),
});

/** What an agent may use: a server of tools, or another agent. */
export const Tool = z
  .union([
    z.strictObject({ mcp: McpServer.describe("An MCP server: exactly one of streamableHTTP, sse and stdio") }),
    z.strictObject({ agent: Peer.describe("An A2A peer; opens the peer's access control to this agent") }),
  ])
  .describe("An MCP server, or an A2A peer");
