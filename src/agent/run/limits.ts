import type { AgentConfig } from "../../domain/agent/agent-config.ts";
import { dollarsOf } from "../../model/prices.ts";
import type { Spending } from "../state/spending.ts";

export type Limit = "turns" | "tokens" | "seconds" | "dollars";

/** A limit of the spec ended the run. */
export class LimitError extends Error {
  override readonly name = "LimitError";
  readonly limit: Limit;
  constructor(limit: Limit, message: string) {
    super(message);
    this.limit = limit;
  }
}

/** Counts what a run takes of its limits. Calls that a repeated run is given from its journal cost nothing. */
export interface Allowance {
  /** Throws LimitError where nothing more may be asked. */
  check(): Promise<void>;
  count(model: string, tokens: { readonly input: number; readonly output: number }): Promise<void>;
}

export function createAllowance(limits: AgentConfig["limits"], spending: Spending): Allowance {
  let used = 0;
  return {
    async check() {
      if (used >= limits.tokens)
        throw new LimitError("tokens", `it took ${used} tokens, and limits.tokens is ${limits.tokens}`);
      const spent = await spending.today();
      if (spent >= limits.dollarsPerDay)
        throw new LimitError(
          "dollars",
          `the agent has spent ${spent.toFixed(2)} dollars today, and limits.dollarsPerDay is ${limits.dollarsPerDay}; it goes on tomorrow (UTC)`,
        );
    },
    async count(model, tokens) {
      used += tokens.input + tokens.output;
      await spending.add(dollarsOf(model, tokens));
    },
  };
}
