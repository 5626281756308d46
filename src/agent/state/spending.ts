import * as z from "zod";
import { type StateStore, updateState } from "./state-store.ts";

/** What the model of all replicas cost today, in US dollars. Days are of UTC. */
export interface Spending {
  today(): Promise<number>;
  add(dollars: number): Promise<void>;
}

const Spent = z.object({ dollars: z.number() });

/** Keeps the sum of a day in the state store, so that replicas share it. */
export function createSpending(store: StateStore, now: () => number): Spending {
  const key = () => `spent-${new Date(now()).toISOString().slice(0, 10)}`;
  const read = (value: unknown) => Spent.safeParse(value).data?.dollars ?? 0;
  return {
    today: async () => read((await store.read(key())).value),
    add: (dollars) => updateState(store, key(), (value) => ({ dollars: read(value) + dollars })),
  };
}
