import { randomUUID } from "node:crypto";
import { Role, SendMessageRequest, SendMessageResponse, Task, TaskState } from "@a2a-js/sdk";
import type { AgentConfig, PeerEntry } from "../../domain/agent/agent-config.ts";
import { plainTextPart, textOfParts } from "../a2a/message-text.ts";
import { HOPS } from "../a2a/request-rules.ts";
import { readLimited } from "../http/read-limited.ts";
import { type AgentTool, type ToolCall, toolName } from "./agent-tool.ts";

interface PeersOptions {
  readonly config: Pick<AgentConfig, "peers" | "dapr">;
  /** Of the sidecar, such as `http://127.0.0.1:3500`. */
  readonly sidecar: string;
  readonly fetch: typeof fetch;
}

const LARGEST_ANSWER = 1024 * 1024;
const CALL_MS = 30_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;
/** Failed looks at a task in a row: a peer that restarts is away for some seconds. */
const MOST_MISSES = 30;

/** A tool for each peer: it sends an A2A message through the sidecar and waits until the peer's task has ended. */
export function createPeerTools({ config, sidecar, fetch }: PeersOptions): readonly AgentTool[] {
  return config.peers.map((peer) => {
    const url = config.dapr === undefined ? peer.url : `${sidecar}/v1.0/invoke/${peer.appId}/method/`;
    return {
      name: toolName(`ask_${peer.name}`),
      description: `Asks the agent ${peer.name} of ${peer.namespace}, and waits for its answer`,
      parameters: {
        type: "object",
        properties: { message: { type: "string", description: "What to ask, with everything it needs to know" } },
        required: ["message"],
      },
      needsApproval: false,
      call: async ({ message }, call) => {
        const ask = (method: string, params: unknown) =>
          askPeer({ url, peer, fetch, signal: call.signal }, method, params);
        const taskId = call.peerTask;
        if (taskId !== undefined) return outcome(peer, await ended(ask, taskId, call));
        const answer = SendMessageResponse.fromJSON(
          await ask("SendMessage", requestOf(String(message ?? ""), call)),
        ).payload;
        if (answer === undefined) throw new Error(`the agent ${peer.name} answered nothing`);
        if (answer.$case === "message") return textOfParts(answer.value.parts);
        await call.keepPeerTask(answer.value.id);
        return outcome(peer, await ended(ask, answer.value.id, call, answer.value));
      },
    };
  });
}

/** The id of the message is that of the call, so that a peer can tell a repeated one. */
function requestOf(text: string, { runId, callId, contextId, hops }: ToolCall): unknown {
  return SendMessageRequest.toJSON({
    tenant: "",
    metadata: undefined,
    configuration: {
      acceptedOutputModes: ["text/plain"],
      taskPushNotificationConfig: undefined,
      returnImmediately: true,
    },
    message: {
      messageId: `${runId}/${callId}`,
      contextId,
      taskId: "",
      role: Role.ROLE_USER,
      parts: [plainTextPart(text)],
      metadata: { [HOPS]: hops },
      extensions: [],
      referenceTaskIds: [],
    },
  });
}

interface PeerAddress {
  readonly url: string;
  readonly peer: PeerEntry;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

async function askPeer({ url, peer, fetch, signal }: PeerAddress, method: string, params: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "a2a-version": "1.0" },
    body: JSON.stringify({ jsonrpc: "2.0", id: randomUUID(), method, params }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]),
  });
  const text = await readLimited(response, LARGEST_ANSWER);
  if (!response.ok)
    throw new PeerRefusal(response.status, `the agent ${peer.name} answered ${response.status}${reasonIn(text)}`);
  const answer: unknown = JSON.parse(text);
  if (typeof answer === "object" && answer !== null && "result" in answer) return answer.result;
  throw new PeerRefusal(200, `the agent ${peer.name} refused${reasonIn(text)}`);
}

class PeerRefusal extends Error {
  override readonly name = "PeerRefusal";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The peer's own words, cut. */
function reasonIn(text: string): string {
  return text === "" ? "" : `: ${text.slice(0, 500)}`;
}

const RUNNING: readonly TaskState[] = [TaskState.TASK_STATE_SUBMITTED, TaskState.TASK_STATE_WORKING];

/** Looks at a task until it no longer runs. A peer that does not answer for a while may be restarting. */
async function ended(
  ask: (method: string, params: unknown) => Promise<unknown>,
  id: string,
  { signal }: ToolCall,
  first?: Task,
): Promise<Task> {
  let [task, wait, misses] = [first, FIRST_WAIT_MS, 0];
  while (task === undefined || RUNNING.includes(task.status?.state ?? TaskState.TASK_STATE_SUBMITTED)) {
    if (task !== undefined || misses > 0) await pause(wait, signal);
    wait = Math.min(wait * 1.5, LONGEST_WAIT_MS);
    const found = await ask("GetTask", { id }).catch((error: unknown) => {
      misses += 1;
      const isFinal = error instanceof PeerRefusal && error.status < 500;
      if (isFinal || misses > MOST_MISSES || signal.aborted) throw error;
    });
    if (found === undefined) continue;
    misses = 0;
    task = Task.fromJSON(found);
  }
  return task;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        fail(new Error("aborted"));
      },
      { once: true },
    );
  });
}

/** What the model reads of a peer's task that no longer runs. */
function outcome({ name }: PeerEntry, task: Task): string {
  const said = textOfParts(task.status?.message?.parts ?? []);
  const state = task.status?.state ?? TaskState.TASK_STATE_UNSPECIFIED;
  if (state === TaskState.TASK_STATE_COMPLETED) {
    const made = task.artifacts.map(({ parts }) => textOfParts(parts)).filter((text) => text !== "");
    return made.length > 0 ? made.join("\n\n") : said;
  }
  if (state === TaskState.TASK_STATE_INPUT_REQUIRED)
    return `The agent ${name} waits for a person and has not answered yet: ${said}`;
  throw new Error(`the agent ${name} did not do it: ${said}`);
}
