import { causeOf } from "../../domain/branch-name.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { Investigations } from "../../model/investigations.ts";
import { dollarsOf } from "../../model/prices.ts";

/** The investigations that a model would have been asked for, for one remedy. */
export interface ModelCalls {
  readonly count: number;
  /** The highest cost, in US dollars, that the budgets of these investigations allow. */
  readonly dollars: number;
}

export const NO_CALLS: ModelCalls = { count: 0, dollars: 0 };

/** Investigations that ask no model and count, by remedy, what it would have been asked. */
export function countModelCalls() {
  const asked = new Set<string>();
  const calls = new Map<string, ModelCalls>();
  const investigations = ({ spec: { model } }: Config): Investigations | undefined => {
    if (model === undefined) return undefined;
    // Nearly all tokens of an investigation are input.
    const most = dollarsOf(model.name, { input: model.budget.tokens, output: 0 });
    return {
      ask: async ({ branch, began }) => {
        const cause = causeOf(branch);
        const key = `${branch} ${began}`;
        if (cause?.kind !== "alert" || asked.has(key)) return undefined;
        asked.add(key);
        const { count, dollars } = calls.get(cause.remedy) ?? NO_CALLS;
        calls.set(cause.remedy, { count: count + 1, dollars: dollars + most });
        return undefined;
      },
    };
  };
  return { calls, investigations };
}
