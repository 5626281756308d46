import * as z from "zod";
import type { Instant } from "../domain/scalars.ts";
import type { DayBudget } from "./day-budget.ts";
import { dollarsOf } from "./prices.ts";
import { tokensOf } from "./render.ts";

/** What one investigation has used so far. */
export interface Account {
  readonly turns: number;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly dollars: number;
  /** Whether the newest answer ended before it was complete. */
  readonly isCutShort: boolean;
}

export interface Meter {
  account(): Account;
  readonly fetch: typeof fetch;
}

export interface MeterOptions {
  readonly name: string;
  readonly budget: { readonly tokens: number; readonly dollarsPerDay: number };
  readonly spent: DayBudget;
  readonly now: () => Instant;
  /** A budget is used up, or an answer is larger than anybody reads: nothing more may be sent. */
  readonly exceeded: (end: "tokens" | "dollars" | "too-large") => void;
}

/** Most bytes of an answer that are read, and of one that is an error. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Tokens of an answer that are set aside before it is asked for. */
const FORESEEN = 2000;

/**
 * A fetch that keeps account. What a request will cost is set aside before it is sent, in the day's budget that all
 * investigations share, and settled by what the answer says it used; so those that run side by side cannot overspend
 * together. An answer that was cut off, given up or says nothing of its use is counted as far as it can be told.
 */
export function createMeter(options: MeterOptions): Meter {
  const { name, budget, spent, now, exceeded } = options;
  const used = { turns: 0, input: 0, output: 0, isCutShort: false };
  const stop = (end: "tokens" | "dollars" | "too-large") => {
    exceeded(end);
    return new Error(`out of ${end}`);
  };

  const settle = (setAside: number, input: number, output: number) => {
    used.input += input;
    used.output += output;
    spent.spend(now(), dollarsOf(name, { input, output }) - setAside);
  };

  const metered: typeof fetch = async (target, init) => {
    const asked = tokensOf(String(init?.body ?? ""));
    const setAside = dollarsOf(name, { input: asked, output: FORESEEN });
    // Written so that what is no number ends it.
    if (!(used.input + used.output + asked <= budget.tokens)) throw stop("tokens");
    if (!(spent.spentOn(now()) + setAside <= budget.dollarsPerDay)) throw stop("dollars");
    spent.spend(now(), setAside);
    const response = await fetch(target, { ...init, redirect: "error" }).catch((error: unknown) => {
      // Given up while the other side may have worked; where there was no connection, it has not.
      settle(setAside, init?.signal?.aborted === true ? asked : 0, 0);
      throw error;
    });
    const read = await bodyOf(response);
    if (!response.ok) settle(setAside, 0, 0);
    else if (read.kind === "whole") {
      const told = usageIn(read.text);
      used.turns += 1;
      used.isCutShort = told.isCutShort;
      settle(setAside, told.input ?? asked, told.output ?? tokensOf(read.text));
    } else settle(setAside, asked, Math.ceil(read.bytes / 4));
    if (read.kind === "too-large") throw stop("too-large");
    if (read.kind === "cut-off") throw read.error;
    return new Response(read.text, { status: response.status, headers: response.headers });
  };

  const account = (): Account => {
    const tokens = { input: used.input, output: used.output };
    return { turns: used.turns, tokens, dollars: dollarsOf(name, tokens), isCutShort: used.isCutShort };
  };
  return { account, fetch: metered };
}

type Body =
  | { readonly kind: "whole"; readonly text: string }
  | { readonly kind: "too-large"; readonly bytes: number }
  | { readonly kind: "cut-off"; readonly bytes: number; readonly error: unknown };

async function bodyOf(response: Response): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) return { kind: "too-large", bytes };
      chunks.push(chunk);
    }
  } catch (error) {
    return { kind: "cut-off", bytes, error };
  }
  return { kind: "whole", text: Buffer.concat(chunks).toString("utf8") };
}

const Count = z.number().nonnegative().optional().catch(undefined);
const Told = z.object({
  usage: z
    .object({ input_tokens: Count, output_tokens: Count, prompt_tokens: Count, completion_tokens: Count })
    .optional()
    .catch(undefined),
  status: z.string().optional().catch(undefined),
  choices: z
    .array(z.object({ finish_reason: z.string().optional().catch(undefined) }))
    .optional()
    .catch(undefined),
});

/** What an answer says it used, in either API; undefined where it says nothing, or zero. */
function usageIn(text: string) {
  const { usage, status, choices } = Told.safeParse(jsonIn(text)).data ?? {};
  return {
    input: usage?.input_tokens || usage?.prompt_tokens || undefined,
    output: usage?.output_tokens || usage?.completion_tokens || undefined,
    isCutShort: status === "incomplete" || choices?.[0]?.finish_reason === "length",
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
