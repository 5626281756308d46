import { createHash } from "node:crypto";
import type { AgentInputItem } from "@openai/agents-core";
import { type StateStore, updateState } from "./state-store.ts";

/** What was said in each conversation. Callers that name the same context have conversations of their own. */
export interface Conversations {
  read(caller: string, contextId: string): Promise<AgentInputItem[]>;
  /** Adds the items of a finished run, once; those of a run at the same time come before. */
  append(
    run: { readonly id: string; readonly caller: string; readonly contextId: string },
    items: readonly AgentInputItem[],
  ): Promise<void>;
}

const MOST_ITEMS = 200;
const MOST_CHARACTERS = 400_000;
const MOST_RUNS = 50;

/** Keeps conversations in the state store, each up to 200 items and 400,000 characters: the oldest exchanges are forgotten first. */
export function createConversations(store: StateStore): Conversations {
  const key = (caller: string, contextId: string) =>
    `conversation-${createHash("sha256").update(`${caller}\n${contextId}`).digest("hex").slice(0, 40)}`;
  return {
    read: async (caller, contextId) => itemsOf((await store.read(key(caller, contextId))).value),
    append: ({ id, caller, contextId }, items) =>
      updateState(store, key(caller, contextId), (value) => {
        const runs = runsOf(value);
        if (runs.includes(id)) return undefined;
        return { items: recent([...itemsOf(value), ...items]), runs: [...runs, id].slice(-MOST_RUNS) };
      }),
  };
}

/** This module alone writes these values, so that what is there is what the SDK gave. */
function itemsOf(value: unknown): AgentInputItem[] {
  if (typeof value !== "object" || value === null || !("items" in value) || !Array.isArray(value.items)) return [];
  return value.items;
}

/** The last runs whose items are there. */
function runsOf(value: unknown): readonly string[] {
  return typeof value === "object" && value !== null && "runs" in value && Array.isArray(value.runs) ? value.runs : [];
}

/** The last items from a user's message on: a model refuses a tool's answer without its call. */
export function recent(items: readonly AgentInputItem[]): readonly AgentInputItem[] {
  const starts = items.flatMap((item, index) => ("role" in item && item.role === "user" ? [index] : []));
  const fits = (from: number) =>
    items.length - from <= MOST_ITEMS && JSON.stringify(items.slice(from)).length <= MOST_CHARACTERS;
  const from = starts.find(fits);
  return from === undefined ? [] : items.slice(from);
}
