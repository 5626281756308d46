/** A tool as the model sees it, whatever is behind it. */
export interface AgentTool {
  /** At most 64 letters, digits, `_` and `-`. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: ToolSchema;
  readonly needsApproval: boolean;
  /** Answers what the model reads. Throws where there is no answer. */
  call(given: Readonly<Record<string, unknown>>, call: ToolCall): Promise<string>;
}

export interface ToolSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
}

export interface ToolCall {
  readonly callId: string;
  readonly runId: string;
  readonly contextId: string;
  /** Agents that the request came through, this one included. */
  readonly hops: number;
  readonly signal: AbortSignal;
  /** The task that a peer gave to this very call before a crash. */
  readonly peerTask: string | undefined;
  keepPeerTask(taskId: string): Promise<void>;
}

const LONGEST_NAME = 64;

/** A name that a model may call, made of a server's. */
export function toolName(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, LONGEST_NAME);
}

/** The tools with names that are unique: of two with the same name, each gets its server's before it. */
export function withUniqueNames<T extends { readonly name: string; readonly server: string }>(
  tools: readonly T[],
): readonly T[] {
  const counts = Map.groupBy(tools, ({ name }) => name);
  return tools.map((tool) =>
    (counts.get(tool.name)?.length ?? 0) > 1 ? { ...tool, name: toolName(`${tool.server}_${tool.name}`) } : tool,
  );
}
