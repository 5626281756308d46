import { tool } from "@openai/agents-core";
import * as z from "zod";
import type { Evidence } from "../domain/alert/evidence.ts";
import type { Instruments } from "./investigator.ts";
import { evidenceText } from "./render.ts";

/** Most calls answered in one investigation. */
const MOST_CALLS = 20;

/** The model's tools. The same call is answered once; `seen` gets the evidence of each answer. */
export function toolsOf(instruments: Instruments, seen: (evidence: Evidence) => void) {
  const answered = new Set<string>();
  const once = async (call: readonly unknown[], look: () => Promise<Evidence>): Promise<string> => {
    const key = JSON.stringify(call);
    if (answered.has(key)) return "This very call was answered already; look at that answer, or ask something else.";
    if (answered.size >= MOST_CALLS) return "No more calls are allowed; answer with what you know.";
    answered.add(key);
    const evidence = await look();
    seen(evidence);
    return evidenceText(evidence);
  };
  const seconds = z.number().describe("How far back, in seconds");
  return [
    tool({
      name: "promql",
      description: "Run a PromQL range query in the agent's namespace.",
      parameters: z.object({ query: z.string(), seconds }),
      execute: ({ query, seconds: range }) =>
        once(["promql", normalizeQuery(query), range], () => instruments.metrics(query.slice(0, 2000), range)),
    }),
    tool({
      name: "logs",
      description: "Summarise lines of the agent's log that match an RE2 pattern; an empty pattern matches all.",
      parameters: z.object({ pattern: z.string(), seconds }),
      execute: ({ pattern, seconds: range }) =>
        once(["logs", pattern.trim(), range], () => instruments.logs(pattern.slice(0, 500), range)),
    }),
    tool({
      name: "kubernetes",
      description: "Read objects of the agent.",
      parameters: z.object({ what: z.enum(["pods", "events", "workload", "quota", "autoscaler"]) }),
      execute: ({ what }) => once(["kubernetes", what], () => instruments.objects(what)),
    }),
    tool({
      name: "history",
      description: "The commits of the agent's spec, and the spec before the last change.",
      parameters: z.object({}),
      execute: () => once(["history"], () => instruments.history()),
    }),
  ];
}

/** PromQL without insignificant white space, so that two spellings of a query are the same call. */
function normalizeQuery(query: string): string {
  return query
    .trim()
    .replace(/\s+/g, " ")
    .replace(/ ?([^\w" ]) ?/g, "$1");
}
