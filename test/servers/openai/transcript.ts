import * as z from "zod";

const Usage = z.strictObject({ input: z.int().min(0), output: z.int().min(0) });
const Call = z.strictObject({ name: z.string(), arguments: z.string().describe("JSON, or what a model takes for it") });

/** What the model does with one request. */
export const Turn = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("calls"), calls: z.array(Call).min(1), usage: Usage.optional() }),
  z.strictObject({ kind: z.literal("answer"), json: z.json(), usage: Usage.optional() }),
  z.strictObject({ kind: z.literal("say"), text: z.string(), usage: Usage.optional() }),
  z.strictObject({ kind: z.literal("refuse"), text: z.string(), usage: Usage.optional() }),
  /** Ends for want of room: `status: incomplete`, `finish_reason: length`. */
  z.strictObject({ kind: z.literal("cut-short"), text: z.string(), usage: Usage.optional() }),
  z.strictObject({
    kind: z.literal("error"),
    status: z.int().min(300).max(599),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** The connection ends in the middle of the body. */
  z.strictObject({ kind: z.literal("cut-off") }),
  /** Never answers. */
  z.strictObject({ kind: z.literal("hang") }),
  /** Answers prose of so many bytes. */
  z.strictObject({ kind: z.literal("huge"), bytes: z.int().min(1) }),
  /** This very body, with status 200. */
  z.strictObject({ kind: z.literal("raw"), body: z.string() }),
]);
export type Turn = z.infer<typeof Turn>;

/** A recorded conversation: `turns` one after the other, and what was said when the finding was looked at again. */
export const Transcript = z.strictObject({
  about: z.string(),
  turns: z.array(Turn).min(1),
  secondLook: Turn.optional(),
});
export type Transcript = z.infer<typeof Transcript>;

/** A request as a script reads it, whichever API it came by. */
export interface Asked {
  readonly api: "responses" | "chat";
  /** The model that is asked. */
  readonly model: string;
  /** The instructions of the model. */
  readonly instructions: string;
  /** Everything else it was given, tools' answers included, in order. */
  readonly text: string;
  /** The tools' answers alone, in order. */
  readonly outputs: readonly string[];
  /** How many turns the model had in this conversation before. */
  readonly turn: number;
  readonly tools: readonly string[];
  /** Names of the top-level properties of the shape that is asked for. */
  readonly shape: readonly string[];
}

/** What the model does, by the request and by how many there were before it. */
export type Script = readonly Turn[] | ((asked: Asked, before: number) => Turn);

/** Whether a finding is looked at again, rather than asked for. */
export function isSecondLook({ shape }: Pick<Asked, "shape">): boolean {
  return !shape.includes("edits");
}

/** Replays a transcript from its start in each conversation, so that any number may run at the same time. */
export function replaying(transcript: Transcript): Script {
  const ended: Turn = { kind: "error", status: 500 };
  return (asked) => (isSecondLook(asked) ? transcript.secondLook : transcript.turns[asked.turn]) ?? ended;
}
