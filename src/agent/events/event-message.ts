import { createHash } from "node:crypto";
import * as z from "zod";

/** A message of a topic, as far as the agent reads it. */
export interface EventMessage {
  /** The same for the same message, so that one that comes twice is one task. */
  readonly id: string;
  readonly text: string;
}

const LONGEST_TEXT = 200_000;

/** Dapr wraps what is published into a CloudEvent (docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-cloudevents). */
const CloudEvent = z.looseObject({
  id: z.string().max(1024),
  source: z.string().max(1024).default(""),
  type: z.string().max(1024).default(""),
  topic: z.string().max(1024).default(""),
  data: z.unknown().optional(),
  data_base64: z.string().optional(),
});

/** The message of a CloudEvent; undefined where it is none, or too long to be read. */
export function eventMessage(value: unknown): EventMessage | undefined {
  const event = CloudEvent.safeParse(value).data;
  if (event === undefined) return undefined;
  const { id, source, topic, data, data_base64 } = event;
  const body =
    data === undefined && data_base64 !== undefined ? Buffer.from(data_base64, "base64").toString("utf8") : data;
  const text = typeof body === "string" ? body : (JSON.stringify(body) ?? "");
  if (text === "" || text.length > LONGEST_TEXT) return undefined;
  const digest = createHash("sha256")
    .update(JSON.stringify([source, topic, id]))
    .digest("hex")
    .slice(0, 40);
  return { id: `event-${digest}`, text: `A message of the topic ${topic}:\n\n${text}` };
}
