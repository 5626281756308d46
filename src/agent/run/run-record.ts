import * as z from "zod";

/** What a person said to calls of tools that wait for approval, and the run as it was paused. */
export const Paused = z.object({
  /** `RunState` of the Agents SDK, as text. */
  state: z.string(),
  /** Items of the conversation that came before this run. */
  before: z.int(),
  /** Calls that wait, by their ids. */
  calls: z.array(z.object({ id: z.string(), tool: z.string(), arguments: z.string() })),
  /** Undefined: nobody has answered yet. */
  answer: z.object({ approved: z.boolean(), reason: z.string() }).optional(),
});
export type Paused = z.infer<typeof Paused>;

/** A task of the agent, as far as it takes to do it again in another process. */
export const RunRecord = z.object({
  /** Also the id of the A2A task. */
  id: z.string(),
  contextId: z.string(),
  /** The app-id that asked, or where a message came from. */
  caller: z.string(),
  source: z.enum(["a2a", "topic", "job", "schedule"]),
  text: z.string(),
  /** Agents that the request came through before this one. */
  hops: z.int().min(0),
  /** How many processes have worked at it. */
  attempts: z.int().min(0),
  /** How often it waited for a person. */
  pauses: z.int().min(0),
  paused: Paused.optional(),
});
export type RunRecord = z.infer<typeof RunRecord>;
