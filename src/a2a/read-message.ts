import type { Message } from "@a2a-js/sdk";
import { ContentTypeNotSupportedError, RequestMalformedError } from "@a2a-js/sdk/errors";
import * as z from "zod";

/** Characters of all texts of a message. */
const LONGEST_TEXT = 4000;
const MOST_PARTS = 16;

/** What a message asks for: a tool with its arguments, or only words. The words beside a call say why it is made. */
export interface AskedByMessage {
  readonly call: { readonly tool: string; readonly args: Readonly<Record<string, unknown>> } | undefined;
  readonly text: string;
}

const Call = z.strictObject({ tool: z.string().max(64), arguments: z.record(z.string(), z.unknown()).default({}) });

/**
 * Reads a message. Its metadata, and what its text says about its sender, count for nothing: who asks is proven by the credential. Throws
 * ContentTypeNotSupportedError for files, RequestMalformedError for what is too long, asks for nothing or for two things.
 */
export function readMessage({ parts }: Message): AskedByMessage {
  const contents = parts.map(({ content }) => content);
  if (contents.some((one) => one?.$case === "raw" || one?.$case === "url"))
    throw new ContentTypeNotSupportedError({ message: "files are not read; send text, or a data part" });
  const text = contents
    .flatMap((one) => (one?.$case === "text" ? [one.value] : []))
    .join("\n")
    .trim();
  const calls = contents.flatMap((one) => (one?.$case === "data" ? [callIn(one.value)] : []));
  const wrong = wrongIn(parts.length, text, calls.length);
  if (wrong !== undefined) throw new RequestMalformedError({ message: wrong });
  return { call: calls[0], text };
}

function wrongIn(parts: number, text: string, calls: number): string | undefined {
  if (parts > MOST_PARTS) return `a message has at most ${MOST_PARTS} parts`;
  if (text.length > LONGEST_TEXT) return `the text has more than ${LONGEST_TEXT} characters`;
  if (calls > 1) return "a message asks for one thing; send another one";
  return calls === 0 && text === "" ? "the message is empty" : undefined;
}

function callIn(value: unknown): NonNullable<AskedByMessage["call"]> {
  const parsed = Call.safeParse(value);
  if (!parsed.success)
    throw new RequestMalformedError({ message: 'a data part is {"tool": "<name>", "arguments": {…}}' });
  return { tool: parsed.data.tool, args: parsed.data.arguments };
}
