import * as z from "zod";
import type { Instant } from "../domain/values/scalars.ts";
import type { DayBudget } from "./day-budget.ts";
import { dollarsOf } from "./prices.ts";
import { tokensOf } from "./render.ts";

/** What one investigation has used so far. */
export interface Account {
  readonly turns: number;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly dollars: number;
  /** Whether the last answer ended before it was complete. */
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
  /** Sends each request. */
  readonly send: typeof fetch;
  /** Called where a budget is used up or an answer is too large: nothing more may be sent. */
  readonly exceeded: (end: "tokens" | "dollars" | "too-large") => void;
}

/** Most bytes of an answer, also of an error. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Tokens reserved for an answer before the request is sent. */
const EXPECTED_OUTPUT = 2000;

/**
 * A fetch that counts costs, and throws where a budget is used up. It reserves the expected cost of a request before it is sent,
 * in the day's budget that all investigations share, and replaces it by the cost that the answer reports; so investigations at
 * the same time cannot together spend more than the budget. The cost of an answer that is incomplete or reports no usage is
 * estimated.
 */
export function createMeter(options: MeterOptions): Meter {
  const { name, budget, spent, now, exceeded, send } = options;
  const used = { turns: 0, input: 0, output: 0, isCutShort: false };
  const stop = (end: "tokens" | "dollars" | "too-large") => {
    exceeded(end);
    return new Error(`out of ${end}`);
  };

  const settle = (reserved: number, input: number, output: number) => {
    used.input += input;
    used.output += output;
    spent.spend(now(), dollarsOf(name, { input, output }) - reserved);
  };

  const metered: typeof fetch = async (target, init) => {
    const estimated = tokensOf(String(init?.body ?? ""));
    const reserved = dollarsOf(name, { input: estimated, output: EXPECTED_OUTPUT });
    // Written so that NaN ends it too.
    if (!(used.input + used.output + estimated <= budget.tokens)) throw stop("tokens");
    if (!(spent.spentOn(now()) + reserved <= budget.dollarsPerDay)) throw stop("dollars");
    spent.spend(now(), reserved);
    const response = await send(target, { ...init, redirect: "error" }).catch((error: unknown) => {
      // After an abort, the server may have worked on the request. Without a connection it has not.
      settle(reserved, init?.signal?.aborted === true ? estimated : 0, 0);
      throw error;
    });
    const read = await bodyOf(response);
    if (!response.ok) settle(reserved, 0, 0);
    else if (read.kind === "whole") {
      const usage = usageIn(read.text);
      used.turns += 1;
      used.isCutShort = usage.isCutShort;
      settle(reserved, usage.input ?? estimated, usage.output ?? tokensOf(read.text));
    } else settle(reserved, estimated, Math.ceil(read.bytes / 4));
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
const Usage = z.object({
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

/** The usage that an answer reports, in either API; undefined where it reports none, or zero. */
function usageIn(text: string) {
  const { usage, status, choices } = Usage.safeParse(jsonIn(text)).data ?? {};
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
