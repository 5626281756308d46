import { readFileSync } from "node:fs";
import { type MCPServer, MCPServerSSE, MCPServerStdio, MCPServerStreamableHttp } from "@openai/agents-core";
import type { AgentConfig, McpEntry } from "../../domain/agent/agent-config.ts";
import { millisecondsOf } from "../../domain/values/duration.ts";
import type { AgentLog } from "../agent-log.ts";
import type { AgentMetrics } from "../agent-metrics.ts";
import { type AgentTool, toolName, withUniqueNames } from "./agent-tool.ts";

/** The tools of the agent's MCP servers. */
export interface McpServers {
  /** The tools of all servers that answer, and the names of the others. */
  tools(): Promise<{ readonly tools: readonly AgentTool[]; readonly unavailable: readonly string[] }>;
  close(): Promise<void>;
}

interface McpServersOptions {
  readonly servers: AgentConfig["mcpServers"];
  /** Fills in `${NAME}` of headers; `${file:…}` is read when the server is connected to, since Kubernetes renews tokens. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly metrics: AgentMetrics;
  readonly log: AgentLog;
  readonly now: () => number;
}

type ListedTool = AgentTool & { readonly server: string };

/** How long a list of tools counts; after it, or after a failed call, the server is connected to again. */
const LIST_MS = 60_000;
const CALL_MS = 30_000;
const LONGEST_ANSWER = 200_000;
const MOST_TOOLS = 128;

/** Connects to each server when its tools are first wanted. A server that does not answer leaves the others alone. */
export function createMcpServers({ servers, env, metrics, log, now }: McpServersOptions): McpServers {
  const open = new Map<
    string,
    { readonly listed: Promise<readonly ListedTool[]>; readonly since: number; readonly server: MCPServer }
  >();

  function listOf(name: string, entry: McpEntry): Promise<readonly ListedTool[]> {
    const known = open.get(name);
    if (known !== undefined && now() - known.since < LIST_MS) return known.listed;
    if (known !== undefined) drop(name);
    const server = clientOf(name, entry, env);
    const listed = connect(name, entry, server);
    open.set(name, { listed, since: now(), server });
    listed.catch(() => drop(name));
    return listed;
  }

  function drop(name: string): void {
    const { server } = open.get(name) ?? {};
    open.delete(name);
    // Calls that still run on it may end.
    setTimeout(() => void server?.close().catch(() => {}), CALL_MS).unref();
  }

  async function connect(name: string, entry: McpEntry, server: MCPServer): Promise<readonly ListedTool[]> {
    await server.connect();
    const found = (await server.listTools()).filter((tool) => entry.allowedTools?.includes(tool.name) ?? true);
    return found.map((tool) => ({
      server: name,
      name: toolName(tool.name),
      description: tool.description ?? "",
      parameters: {
        type: "object",
        properties: tool.inputSchema.properties ?? {},
        required: tool.inputSchema.required ?? [],
      },
      needsApproval: entry.requireApproval?.includes(tool.name) ?? false,
      call: (given, { runId, callId, signal }) =>
        counted(name, entry, tool.name, async () => {
          const meta = { "raos.dev/idempotency-key": `${runId}/${callId}` };
          const answer = await server.callToolResult?.(tool.name, { ...given }, meta, { signal });
          return { text: textOf(answer?.content ?? []), isError: answer?.isError === true };
        }),
    }));
  }

  async function counted(
    name: string,
    entry: McpEntry,
    tool: string,
    call: () => Promise<{ readonly text: string; readonly isError: boolean }>,
  ): Promise<string> {
    const started = now();
    const count = (error: string | undefined) =>
      metrics.toolCall({ server: addressOf(name, entry), tool, seconds: (now() - started) / 1000, error });
    try {
      const { text, isError } = await call();
      count(isError ? "tool_error" : undefined);
      return isError ? `The tool failed: ${text}` : text;
    } catch (error) {
      count("unavailable");
      log.warn("tool failed", { server: name, tool, error });
      drop(name);
      throw new Error(`the server ${name} did not answer`, { cause: error });
    }
  }

  return {
    async tools() {
      const entries = Object.entries(servers);
      const lists = await Promise.allSettled(entries.map(async ([name, entry]) => listOf(name, entry)));
      const failed = entries.flatMap(([name], index) => {
        const list = lists[index];
        if (list?.status !== "rejected") return [];
        log.warn("MCP server unavailable", { server: name, error: list.reason });
        return [name];
      });
      const found = lists.flatMap((list) => (list.status === "fulfilled" ? list.value : []));
      return { tools: withUniqueNames(found).slice(0, MOST_TOOLS), unavailable: failed };
    },
    async close() {
      await Promise.allSettled([...open.values()].map(({ server }) => server.close()));
      open.clear();
    },
  };
}

function clientOf(name: string, entry: McpEntry, env: McpServersOptions["env"]): MCPServer {
  if (entry.type === "stdio")
    return new MCPServerStdio({ name, command: entry.command, args: entry.args ?? [], timeout: CALL_MS });
  const timeout = entry.timeout === undefined ? CALL_MS : millisecondsOf(entry.timeout);
  const headers = Object.fromEntries(
    Object.entries(entry.headers ?? {}).map(([header, value]) => [header, filledIn(value, env)]),
  );
  const options = { name, url: entry.url, timeout, clientSessionTimeoutSeconds: Math.ceil(timeout / 1000) };
  return entry.type === "sse"
    ? new MCPServerSSE({ ...options, requestInit: { headers }, eventSourceInit: { headers } })
    : new MCPServerStreamableHttp({ ...options, requestInit: { headers } });
}

/** The variables that a header names and the environment lacks. */
export function missingVariables(servers: AgentConfig["mcpServers"], env: McpServersOptions["env"]) {
  return Object.entries(servers).flatMap(([server, entry]) =>
    Object.entries(entry.type === "stdio" ? {} : (entry.headers ?? {})).flatMap(([header, value]) =>
      [...value.matchAll(VARIABLE)].flatMap(([, variable = ""]) =>
        env[variable] === undefined ? [{ path: ["mcpServers", server, "headers", header], variable }] : [],
      ),
    ),
  );
}

const VARIABLE = /\$\{([A-Z0-9_]{1,200})\}/g;

/** A token below the folder in which Kubernetes puts them, by its audience. */
const TOKEN = /\$\{file:(\/[a-z0-9./_-]{1,200}\/raos\.dev\/tokens\/[a-z0-9.-]{1,63})\}/gi;

function filledIn(value: string, env: McpServersOptions["env"]): string {
  return value
    .replace(VARIABLE, (_whole, name: string) => env[name] ?? "")
    .replace(TOKEN, (_whole, path: string) => readFileSync(path, "utf8").trim());
}

function addressOf(name: string, entry: McpEntry): string {
  return entry.type === "stdio" ? name : new URL(entry.url).hostname;
}

/** Texts as they are, and of other content the kind: a model gets no bytes. */
function textOf(content: readonly unknown[]): string {
  const parts = content.map((part) => {
    if (typeof part !== "object" || part === null) return "";
    if ("text" in part && typeof part.text === "string") return part.text;
    return "type" in part ? `(${String(part.type)} left out)` : "";
  });
  const text = parts.join("\n");
  return text.length <= LONGEST_ANSWER ? text : `${text.slice(0, LONGEST_ANSWER)}\n(the rest is left out)`;
}
