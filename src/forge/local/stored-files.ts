import * as z from "zod";
import type { Proposal } from "../../domain/proposal.ts";
import { ForgeError } from "../forge.ts";

/** GitHub's limits of a body and a title, in characters. */
const STORED_BODY_LIMIT = 65_536;
const STORED_TITLE_LIMIT = 256;
/** Most bytes of a `pull.json` or a comment that are read back. */
const STORED_FILE_LIMIT = 1024 * 1024;

const Name = z.string().min(1).max(1024);
const Moment = z.int().min(0).max(8.64e15);

/** `pull.json`: a pull request without its commits. Anybody who can write to the repository can write it, so it is checked. */
export const PullFile = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1).max(STORED_TITLE_LIMIT),
  body: z.string().max(STORED_BODY_LIMIT),
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
  /** What became of it after the merge. */
  rollout: z.exactOptional(z.strictObject({ text: z.string().max(STORED_BODY_LIMIT), at: Moment })),
  /** The number of files in `comments/`. */
  comments: z.int().min(0).max(100_000),
});
export type PullFile = z.infer<typeof PullFile>;

/** `comments/<number>.json`. */
export const Comment = z.strictObject({
  author: z.string().max(256),
  body: z.string().max(STORED_BODY_LIMIT),
  at: Moment,
});
export type Comment = z.infer<typeof Comment>;

/** `issue.json`: an issue. Checked, as `pull.json` is. */
export const IssueFile = z.strictObject({
  version: z.literal(1),
  key: Name,
  title: z.string().min(1).max(STORED_TITLE_LIMIT),
  body: z.string().max(STORED_BODY_LIMIT),
  labels: z.array(z.string().max(256)).max(100),
  state: z.enum(["open", "closed"]),
  createdAt: Moment,
  closedBy: z.enum(["bot", "person"]).optional(),
  closedAt: Moment.optional(),
});
export type IssueFile = z.infer<typeof IssueFile>;

/** Parses `issue.json`; undefined where it is not one of this version. */
export function parseIssueFile(bytes: Uint8Array): IssueFile | undefined {
  return parse(IssueFile, bytes);
}

/** Parses `pull.json`; undefined where it is not one of this version. */
export function parsePullFile(bytes: Uint8Array): PullFile | undefined {
  return parse(PullFile, bytes);
}

/** Parses a comment; undefined where it is not one of this version. */
export function parseComment(bytes: Uint8Array): Comment | undefined {
  return parse(Comment, bytes);
}

/** The path of a comment, by its number from 1. */
export function commentPath(index: number): string {
  return `comments/${String(index).padStart(6, "0")}.json`;
}

/** The text of a stored file. */
export function toJson(value: PullFile | Comment | IssueFile): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Title, body, labels and reviewers of a proposal. Throws ForgeError "invalid" where one of them is above its limit. */
export function textOf(proposal: Proposal): Pick<PullFile, "title" | "body" | "labels" | "reviewers"> {
  const { title, body, labels, reviewers } = proposal;
  const shape = PullFile.pick({ title: true, body: true, labels: true, reviewers: true });
  const read = shape.safeParse({ title: title.trim(), body, labels: [...labels], reviewers: [...reviewers] });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ForgeError(
    "invalid",
    `the pull request's ${String(issue?.path[0] ?? "text")} is refused: ${issue?.message ?? ""}`,
  );
}

function parse<T>(shape: z.ZodType<T>, bytes: Uint8Array): T | undefined {
  if (bytes.length > STORED_FILE_LIMIT) return undefined;
  try {
    const read = shape.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
