import * as z from "zod";
import type { Proposal } from "../domain/change.ts";
import { ForgeError } from "./forge.ts";

/** Most characters of a pull request's body and title, as GitHub has it. */
export const BODY_LIMIT = 65_536;
export const TITLE_LIMIT = 256;
/** Most bytes of a `pull.json` or a comment that are read back. */
export const FILE_LIMIT = 1024 * 1024;

const Name = z.string().min(1).max(1024);
const Moment = z.int().min(0).max(8.64e15);

/** `pull.json`: what a pull request is beside its commits. Anybody with the repository can write it, so it is outside text. */
export const PullFile = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1).max(TITLE_LIMIT),
  body: z.string().max(BODY_LIMIT),
  branch: Name,
  base: Name,
  /** The commit of the base that the content was planned on. */
  baseSha: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
  state: z.enum(["open", "closed", "merged"]),
  labels: z.array(z.string().max(256)).max(100),
  reviewers: z.array(z.string().max(256)).max(100),
  createdAt: Moment,
  closedBy: z.enum(["bot", "person"]).optional(),
  /** When it was closed or merged through this forge. */
  closedAt: Moment.optional(),
  handsOff: z.boolean(),
  /** How many files `comments/` holds. */
  comments: z.int().min(0).max(100_000),
});
export type PullFile = z.infer<typeof PullFile>;

/** `comments/<number>.json`. */
export const Comment = z.strictObject({ author: z.string().max(256), body: z.string().max(BODY_LIMIT), at: Moment });
export type Comment = z.infer<typeof Comment>;

/** `issue.json`: what an issue is. Outside text, as `pull.json` is. */
export const IssueFile = z.strictObject({
  version: z.literal(1),
  key: Name,
  title: z.string().min(1).max(TITLE_LIMIT),
  body: z.string().max(BODY_LIMIT),
  labels: z.array(z.string().max(256)).max(100),
  state: z.enum(["open", "closed"]),
  createdAt: Moment,
  closedBy: z.enum(["bot", "person"]).optional(),
  closedAt: Moment.optional(),
});
export type IssueFile = z.infer<typeof IssueFile>;

export function parseIssueFile(bytes: Uint8Array): IssueFile | undefined {
  return parse(IssueFile, bytes);
}

/** The file's text, or undefined where it is none of this version's. */
export function parsePullFile(bytes: Uint8Array): PullFile | undefined {
  return parse(PullFile, bytes);
}

export function parseComment(bytes: Uint8Array): Comment | undefined {
  return parse(Comment, bytes);
}

export function commentPath(index: number): string {
  return `comments/${String(index).padStart(6, "0")}.json`;
}

export function toJson(value: PullFile | Comment | IssueFile): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What the proposal says of a pull request. Throws ForgeError "invalid" where it is more than one may say. */
export function wordsOf(proposal: Proposal): Pick<PullFile, "title" | "body" | "labels" | "reviewers"> {
  const { title, body, labels, reviewers } = proposal;
  const shape = PullFile.pick({ title: true, body: true, labels: true, reviewers: true });
  const read = shape.safeParse({ title: title.trim(), body, labels: [...labels], reviewers: [...reviewers] });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ForgeError(
    "invalid",
    `the pull request's ${String(issue?.path[0] ?? "text")} is not taken: ${issue?.message ?? ""}`,
  );
}

function parse<T>(shape: z.ZodType<T>, bytes: Uint8Array): T | undefined {
  if (bytes.length > FILE_LIMIT) return undefined;
  try {
    const read = shape.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
