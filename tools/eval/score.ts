import { isDeepStrictEqual } from "node:util";
import type { Submitted } from "../../src/commands/requests/submit-request.ts";
import { pointerOf, pointerSteps } from "../../src/domain/values/json-pointer.ts";
import { isMap, valueAt } from "../../src/spec/values.ts";
import type { Prompt } from "./prompts.ts";

/** How a prompt ended: `failed` says each expectation that was not met, `extra` each value that changed beside them. */
export interface Score {
  readonly id: string;
  readonly end: "opened" | "refused" | "questions" | "problem";
  readonly message: string;
  readonly failed: readonly string[];
  readonly extra: readonly string[];
}

/** Compares what became of a prompt with what was expected. `before`: the specs in effect of all agents, by environment and key. */
export function scoreOf(prompt: Prompt, submitted: Submitted, before: (environment: string) => unknown): Score {
  const { expect, id } = prompt;
  const end = endOf(submitted);
  const message = messageOf(submitted);
  const wrongEnd = expect.end.some((one) => one === end) ? [] : [`it ended ${end}: ${message}`];
  if (submitted.kind !== "submitted" || end !== "opened") return { id, end, message, failed: wrongEnd, extra: [] };
  const { changes = [], files = [] } = submitted.step.changes ?? {};
  const asked = changes.filter(({ agent }) => agent === submitted.step.changes?.request?.agent);
  const change = asked.find(({ environment }) => environment === (prompt.environment ?? environment));
  const spec = change?.spec;
  const agents = new Set(files.map(({ path }) => path).filter((path) => path.startsWith("agents/")));
  const failed = [
    ...wrongEnd,
    ...(expect.tenant === undefined || change?.agent.startsWith(`${expect.tenant}/`) ? [] : [`it is ${change?.agent}`]),
    ...(agents.size > expect.most ? [`it changes ${agents.size} agents`] : []),
    ...Object.entries(expect.is)
      .filter(([at, value]) => !isDeepStrictEqual(valueAt(spec, pointerSteps(at)), value))
      .map(([at]) => `${at} is ${JSON.stringify(valueAt(spec, pointerSteps(at)))}`),
    ...Object.entries(expect.has).flatMap(([at, items]) => {
      const list = valueAt(spec, pointerSteps(at));
      return items
        .filter((item) => !Array.isArray(list) || !list.some((one) => holds(one, item)))
        .map((item) => `${at} has no ${JSON.stringify(item)}`);
    }),
    ...expect.absent.filter((at) => valueAt(spec, pointerSteps(at)) !== undefined).map((at) => `${at} is set`),
    ...expect.without.filter((text) => files.some((file) => file.text?.includes(text))).map((text) => `holds ${text}`),
  ];
  const wanted = [...Object.keys(expect.is), ...Object.keys(expect.has), ...expect.may];
  const changed = prompt.agent === undefined ? [] : differences(before(change?.environment ?? ""), spec, []);
  const extra = changed.filter((at) => !wanted.some((one) => at === one || at.startsWith(`${one}/`)));
  return { id, end, message, failed, extra };
}

function endOf(submitted: Submitted): Score["end"] {
  if (submitted.kind !== "submitted") return submitted.kind;
  return submitted.outcomes[0]?.kind === "opened" ? "opened" : "problem";
}

function messageOf(submitted: Submitted): string {
  if (submitted.kind === "refused") return submitted.message;
  if (submitted.kind === "questions") return submitted.questions.join(" ");
  return JSON.stringify(submitted.outcomes[0] ?? {}).slice(0, 300);
}

/** Whether a value has everything that another one has, and perhaps more. */
function holds(value: unknown, part: unknown): boolean {
  if (Array.isArray(part)) return Array.isArray(value) && part.every((item) => value.some((one) => holds(one, item)));
  if (!isMap(part)) return isDeepStrictEqual(value, part);
  return isMap(value) && Object.entries(part).every(([key, item]) => holds(value[key], item));
}

/** The pointers at which two values differ; lists are compared as a whole. */
function differences(one: unknown, other: unknown, path: readonly string[]): readonly string[] {
  if (isDeepStrictEqual(one, other)) return [];
  const parts = [one, other].filter(isMap);
  if (parts.length === 0 || [one, other].some((value) => value !== undefined && !isMap(value)))
    return [pointerOf(path)];
  const keys = new Set(parts.flatMap((part) => Object.keys(part)));
  return [...keys].flatMap((key) => differences(valueAt(one, [key]), valueAt(other, [key]), [...path, key]));
}
