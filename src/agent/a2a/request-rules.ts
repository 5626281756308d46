import type { SendMessageRequest } from "@a2a-js/sdk";
import { textOfParts } from "./message-text.ts";

/** Key of a message's metadata: how many agents the request came through. Agents that call each other in a ring end by it. */
export const HOPS = "raos.dev/hops";
export const MOST_HOPS = 8;

const MOST_PARTS = 32;
const LONGEST_TEXT = 200_000;
const LONGEST_METADATA = 16_384;
const ID = /^[A-Za-z0-9._:/@-]{1,200}$/;

/** Why a message is not taken: one word, and a sentence for the caller. */
export interface MessageRefusal {
  readonly reason:
    | "no-message"
    | "bad-id"
    | "too-many-parts"
    | "unsupported-part"
    | "empty-message"
    | "text-too-long"
    | "metadata-too-long"
    | "push-not-supported"
    | "too-many-hops";
  readonly words: string;
}

/** What is wrong with a message from outside; undefined where it is taken. */
export function messageRefusal({ message, configuration }: SendMessageRequest): MessageRefusal | undefined {
  if (message === undefined) return { reason: "no-message", words: "the request has no message" };
  if (configuration?.taskPushNotificationConfig !== undefined)
    return { reason: "push-not-supported", words: "the agent sends no push notifications; ask GetTask" };
  return idRefusal(message) ?? partsRefusal(message) ?? hopsRefusal(message.metadata);
}

type Sent = NonNullable<SendMessageRequest["message"]>;

function idRefusal({ messageId, contextId, taskId }: Sent): MessageRefusal | undefined {
  const isBad = !ID.test(messageId) || [contextId, taskId].some((id) => id !== "" && !ID.test(id));
  return isBad
    ? { reason: "bad-id", words: "messageId, contextId and taskId are at most 200 letters, digits and ._:/@-" }
    : undefined;
}

function partsRefusal({ parts, metadata }: Sent): MessageRefusal | undefined {
  if (parts.length > MOST_PARTS)
    return { reason: "too-many-parts", words: `a message has at most ${MOST_PARTS} parts` };
  if (parts.some(({ content }) => content?.$case !== "text" && content?.$case !== "data"))
    return {
      reason: "unsupported-part",
      words: "the agent reads texts and data; it takes no files and fetches no URLs",
    };
  const { length } = textOfParts(parts);
  if (length === 0) return { reason: "empty-message", words: "the message says nothing" };
  if (length > LONGEST_TEXT)
    return {
      reason: "text-too-long",
      words: `the message has ${length} characters, and at most ${LONGEST_TEXT} are read`,
    };
  return JSON.stringify(metadata ?? {}).length > LONGEST_METADATA
    ? { reason: "metadata-too-long", words: `the metadata has more than ${LONGEST_METADATA} characters` }
    : undefined;
}

function hopsRefusal(metadata: Sent["metadata"]): MessageRefusal | undefined {
  return hopsOf(metadata) > MOST_HOPS
    ? {
        reason: "too-many-hops",
        words: `the request came through more than ${MOST_HOPS} agents; do they ask each other in a ring?`,
      }
    : undefined;
}

/** The hops that a message names; what is no such number counts as too many, so that a forged one opens nothing. */
export function hopsOf(metadata: Readonly<Record<string, unknown>> | undefined): number {
  const hops = metadata?.[HOPS];
  if (hops === undefined) return 0;
  return typeof hops === "number" && Number.isInteger(hops) && hops >= 0 ? hops : MOST_HOPS + 1;
}
