import { type AgentOutputItem, type ModelResponse, Usage } from "@openai/agents-core";
import type { AgentLog } from "../agent-log.ts";
import type { StateStore } from "../state/state-store.ts";
import type { RunRecord } from "./run-record.ts";

/**
 * What a run has had from outside, in order: the model's answers and the tools'. A run that is repeated after a crash is given them
 * again instead of asking, so that it comes to the point where it was, with the same ids of calls, and pays for nothing twice. Only a
 * call that had not answered yet is made again.
 */
export interface Journal {
  /** The answer at this place, or the one of `ask`, which is kept. */
  response(ask: () => Promise<ModelResponse>): Promise<ModelResponse>;
  /** The answer to a call of a tool, or the one of `call`, which is kept. */
  output(callId: string, call: () => Promise<string>): Promise<string>;
  /** The task that a peer gave to a call: after a crash it is looked at rather than asked for again. */
  peerTask(callId: string): string | undefined;
  keepPeerTask(callId: string, taskId: string): Promise<void>;
  forget(): Promise<void>;
}

interface Kept {
  readonly responses: readonly KeptResponse[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly peers: Readonly<Record<string, string>>;
}

interface KeptResponse {
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
  readonly output: readonly AgentOutputItem[];
  readonly responseId: string | undefined;
}

/** A sidecar takes bodies of 4 MB. What is above is not kept, and would be done again. */
const MOST_CHARACTERS = 3_000_000;

/** Reads the journal of a run; an empty one where there is none. */
export async function openJournal(store: StateStore, run: RunRecord, log: AgentLog): Promise<Journal> {
  // Each part between two pauses has its own: the paused state holds what came before.
  const key = `journal-${run.id}-${run.pauses}`;
  let kept = keptIn((await store.read(key)).value);
  let given = 0;
  let writing: Promise<void> = Promise.resolve();
  const keep = (next: Kept): Promise<void> => {
    kept = next;
    if (!store.isDurable) return Promise.resolve();
    writing = writing.then(async () => {
      if (kept !== next || JSON.stringify(next).length > MOST_CHARACTERS) return;
      await store.write(key, next).catch((error: unknown) => log.warn("journal not written", { run: run.id, error }));
    });
    return writing;
  };
  return {
    async response(ask) {
      const known = kept.responses[given];
      given += 1;
      if (known !== undefined)
        return {
          usage: new Usage(known.usage),
          output: [...known.output],
          ...(known.responseId === undefined ? {} : { responseId: known.responseId }),
        };
      const answer = await ask();
      const { inputTokens, outputTokens } = answer.usage;
      const entry = { usage: { inputTokens, outputTokens }, output: answer.output, responseId: answer.responseId };
      await keep({ ...kept, responses: [...kept.responses, entry] });
      return answer;
    },
    async output(callId, call) {
      const known = kept.outputs[callId];
      if (known !== undefined) return known;
      const answer = await call();
      await keep({ ...kept, outputs: { ...kept.outputs, [callId]: answer } });
      return answer;
    },
    peerTask: (callId) => kept.peers[callId],
    keepPeerTask: (callId, taskId) => keep({ ...kept, peers: { ...kept.peers, [callId]: taskId } }),
    async forget() {
      await writing;
      if (store.isDurable) await store.remove(key);
    },
  };
}

const NOTHING: Kept = { responses: [], outputs: {}, peers: {} };

/** This module alone writes these values. */
function keptIn(value: unknown): Kept {
  if (typeof value !== "object" || value === null || !isKept(value)) return NOTHING;
  return value;
}

function isKept(value: object): value is Kept {
  return "responses" in value && Array.isArray(value.responses) && "outputs" in value && "peers" in value;
}
