import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Instant, Oid, Sha } from "../../domain/values/scalars.ts";

/** What of a commit is proven; its author and dates prove nothing. */
export interface ProvenCommit {
  readonly tree: Oid;
  readonly parents: readonly Sha[];
  readonly message: string;
}

/** A commit, with the moment that its committer wrote into it. */
export interface CommitFacts extends ProvenCommit {
  readonly committedAt: Instant;
}

/** What of a pull request's text is proven, and for which commit it was written. */
export interface PullText {
  readonly branch: string;
  readonly head: Sha;
  readonly title: string;
  readonly body: string;
}

/**
 * Shows that the bot itself made a commit, or wrote a text. A Gitea signs no commits for a bot, and does not say who edited a text
 * last, so each of them ends with a code that only who has the bot's token can compute.
 */
export interface Proof {
  /** The message with its code. */
  signCommit(content: ProvenCommit): string;
  isOwnCommit(content: ProvenCommit): boolean;
  /** The body with its code, in a comment that the forge does not show. */
  signText(text: PullText): string;
  /** The body without its code, and whether only the bot wrote the text. */
  readText(text: PullText): { readonly body: string; readonly isOwn: boolean };
}

const TRAILER = "\n\nRAOS-Proof: 1 ";
const COMMENT = "\n\n<!-- raos:proof 1 ";
const COMMENT_END = " -->";
/** Characters of a code: 256 bits in base64url. */
const LENGTH = 43;

/**
 * The proof by a token. `former`: tokens that the bot had before, whose codes still count; they need not be valid any more.
 */
export function createProof(token: string, former: readonly string[] = []): Proof {
  const own = keyOf(token);
  const keys = [own, ...former.map(keyOf)];
  const isCode = (code: string, words: readonly unknown[]) =>
    keys.some((key) => timingSafeEqual(Buffer.from(codeOf(key, words)), Buffer.from(code)));
  return {
    signCommit(content) {
      const message = content.message.trimEnd();
      return `${message}${TRAILER}${codeOf(own, commitWords({ ...content, message }))}\n`;
    },
    isOwnCommit(content) {
      const { rest: message, code } = splitCode(content.message.trimEnd(), TRAILER, "");
      return code !== undefined && isCode(code, commitWords({ ...content, message }));
    },
    signText: (text) => `${plainLines(text.body)}${COMMENT}${codeOf(own, textWords(text))}${COMMENT_END}`,
    readText(text) {
      const { rest: body, code } = splitCode(text.body.trimEnd(), COMMENT, COMMENT_END);
      if (code === undefined) return { body: text.body, isOwn: false };
      return { body, isOwn: isCode(code, textWords({ ...text, body })) };
    },
  };
}

function commitWords({ tree, parents, message }: ProvenCommit): readonly unknown[] {
  return ["commit", tree, parents, plainLines(message)];
}

/** A form in a browser sends its line ends as CRLF, also where nobody changed a word. */
function textWords({ branch, head, title, body }: PullText): readonly unknown[] {
  return ["text", branch, head, title.trim(), plainLines(body)];
}

function plainLines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

/** A text and the code at its end; `code` undefined, and the whole text, where there is none. */
function splitCode(
  text: string,
  before: string,
  after: string,
): { readonly rest: string; readonly code: string | undefined } {
  const lines = plainLines(text);
  const start = lines.lastIndexOf(before);
  const code =
    start < 0 || !lines.endsWith(after) ? "" : lines.slice(start + before.length, lines.length - after.length);
  if (code.length !== LENGTH || !/^[A-Za-z0-9_-]{43}$/.test(code)) return { rest: text, code: undefined };
  // As long as nobody sent it through a form, the text is as it was.
  return { rest: lines === text ? text.slice(0, start) : lines.slice(0, start), code };
}

function codeOf(key: Buffer, words: readonly unknown[]): string {
  return createHmac("sha256", key).update(JSON.stringify(words)).digest("base64url");
}

/** A key of its own, so that a code says nothing about the token. */
function keyOf(token: string): Buffer {
  return Buffer.from(hkdfSync("sha256", token, "", "raos proof of authorship, version 1", 32));
}
