import type { Part } from "@a2a-js/sdk";
import * as z from "zod";
import type { Paused } from "../run/run-record.ts";
import { textOfParts } from "./message-text.ts";

type Decision = NonNullable<Paused["answer"]>;

const Data = z.object({ approved: z.boolean(), reason: z.string().max(2000).default("") });
const LONGEST_REASON = 2000;

/**
 * A person's answer: data `{approved, reason}`, or a text that is "approve" or begins with "reject". Undefined for anything else,
 * since what is not clearly a yes must not count as one.
 */
export function decisionIn(parts: readonly Part[]): Decision | undefined {
  for (const { content } of parts) {
    const data = content?.$case === "data" ? Data.safeParse(content.value).data : undefined;
    if (data !== undefined) return data;
  }
  const text = textOfParts(parts).trim();
  if (/^(approve|approved|yes)[.!]?$/i.test(text)) return { approved: true, reason: "" };
  const [start] = /^(reject|rejected|no)\b[\s:,.-]{0,8}/i.exec(text) ?? [];
  return start === undefined
    ? undefined
    : { approved: false, reason: text.slice(start.length, start.length + LONGEST_REASON) };
}
