import { createHash } from "node:crypto";

/** What a box of the dashboard asks for. */
export const BOX_VERBS = ["open", "reopen", "rebase"] as const;
export type BoxVerb = (typeof BOX_VERBS)[number];

/** A box of the dashboard: what ticking it asks for, of which branch, and for which content it was offered. */
export interface Box {
  readonly verb: BoxVerb;
  readonly branch: string;
  /** 16 hexadecimal digits: a tick counts only while the content is still this one. */
  readonly content: string;
}

/** Most ticks of one dashboard that are read at a time. */
const MOST = 50;
const BOX = /^- \[([ xX])\] <!-- raos:box (open|reopen|rebase) (raos\/[A-Za-z0-9/=-]{1,400}) ([0-9a-f]{16}) -->/;

/** The hash of what a box is offered for, such as the ids of spec files, or the head of a pull request. */
export function boxContent(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** An empty box as the beginning of a Markdown line. */
export function encodeBox({ verb, branch, content }: Box): string {
  return `- [ ] <!-- raos:box ${verb} ${branch} ${content} -->`;
}

/** The boxes that are ticked in a dashboard's text, each once, at most 50. The text is untrusted. */
export function tickedBoxes(body: string): readonly Box[] {
  const found = new Map<string, Box>();
  for (const line of body.split("\n")) {
    const [, mark, word, branch = "", content = ""] = BOX.exec(line) ?? [];
    const verb = BOX_VERBS.find((one) => one === word);
    if (verb === undefined || mark === " ") continue;
    found.set(`${verb} ${branch}`, { verb, branch, content });
    if (found.size >= MOST) break;
  }
  return [...found.values()];
}
