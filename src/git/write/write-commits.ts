import { randomUUID } from "node:crypto";
import type { Instant, Oid, Path, Sha } from "../../domain/values/scalars.ts";
import { BOT, type Person } from "../bot.ts";
import { GitError } from "../git-error.ts";
import type { GitPlace } from "../git-place.ts";
import { isOid, isTreePath } from "../names.ts";
import { runGit } from "../run-git.ts";

/** A file of a new commit: with a text, with an existing blob, or removed (`text` undefined). */
export type FileDraft =
  | { readonly path: Path; readonly text: string | undefined }
  | { readonly path: Path; readonly oid: Oid; readonly mode: string };

/** A commit to write. */
export interface CommitDraft {
  /** `files` change the tree of the first one; none: a root commit. */
  readonly parents: readonly Sha[];
  /** A tree to use instead of the first parent's; `files` change it. */
  readonly tree?: Oid;
  readonly files: readonly FileDraft[];
  readonly message: string;
  /** Left out: the bot. */
  readonly author?: Person;
  /** Left out: the author. */
  readonly committer?: Person;
  readonly at: Instant;
}

/**
 * Writes any number of commits through one `git fast-import`, and returns their ids in order. No ref changes. A file with a
 * text gets mode 100644. Throws GitError "refused", before anything is written, where a draft is not a legal commit.
 */
export async function writeCommits(place: GitPlace, drafts: readonly CommitDraft[]): Promise<readonly Sha[]> {
  if (drafts.length === 0) return [];
  for (const draft of drafts) assertDraft(draft);
  // The branch exists in this stream only: the reset at the end leaves no ref.
  const branch = `refs/raos/import/${randomUUID()}`;
  const parts: (string | Buffer)[] = ["feature done\n"];
  drafts.forEach((draft, index) => {
    // One by one: a commit of 100,000 files has more parts than a function call takes.
    for (const part of commands(draft, branch, index + 1)) parts.push(part);
  });
  parts.push(`reset ${branch}\n\ndone\n`);
  const input = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  const args = ["fast-import", "--quiet", "--force", "--date-format=raw"];
  // An interrupted import would leave half a pack. It ends soon after its input ends.
  const { stdout } = await runGit(place, args, { input, ignoreDeadline: true });
  const ids = stdout.toString("latin1").split("\n").filter(isOid);
  if (ids.length !== drafts.length) throw new GitError("failed", "git fast-import did not report the commits it wrote");
  return ids;
}

function commands(draft: CommitDraft, branch: string, mark: number): (string | Buffer)[] {
  const author = draft.author ?? BOT;
  const [first, ...others] = draft.parents;
  return [
    `reset ${branch}\n\ncommit ${branch}\nmark :${mark}\n`,
    `author ${signature(author, draft.at)}\ncommitter ${signature(draft.committer ?? author, draft.at)}\n`,
    ...data(draft.message),
    first === undefined ? "" : `from ${first}\n`,
    ...others.map((parent) => `merge ${parent}\n`),
    draft.tree === undefined ? "" : `M 040000 ${draft.tree} ""\n`,
    ...draft.files.flatMap(fileCommand),
    `\nget-mark :${mark}\n`,
  ];
}

function fileCommand(file: FileDraft): (string | Buffer)[] {
  const path = quotePath(file.path);
  if ("oid" in file) return [`M ${file.mode} ${file.oid} ${path}\n`];
  return file.text === undefined ? [`D ${path}\n`] : [`M 100644 inline ${path}\n`, ...data(file.text)];
}

function data(text: string): (string | Buffer)[] {
  const bytes = Buffer.from(text);
  return [`data ${bytes.length}\n`, bytes, "\n"];
}

/** A path in fast-import's C-style quotes; only these three characters need an escape. */
function quotePath(path: Path): string {
  const escaped = path.replace(/["\\]/g, (char) => `\\${char}`);
  return `"${escaped.replaceAll("\n", "\\n")}"`;
}

/** `name <email> seconds zone`; characters that would end a field early are left out. */
function signature(person: Person, at: Instant): string {
  const clean = (text: string) => text.replace(/[<>\p{Cc}]/gu, "").trim();
  return `${clean(person.name)} <${clean(person.email)}> ${Math.max(0, Math.floor(at / 1000))} +0000`;
}

function assertDraft(draft: CommitDraft): void {
  const ids = [...draft.parents, ...(draft.tree === undefined ? [] : [draft.tree])];
  if (!ids.every(isOid)) throw new GitError("refused", "a commit's parents and tree need complete object ids");
  if (!Number.isFinite(draft.at)) throw new GitError("refused", "a commit's time must be a number of milliseconds");
  if (draft.message.includes("\0")) throw new GitError("refused", "a commit's message must not contain NUL");
  for (const file of draft.files) {
    if (!isTreePath(file.path))
      throw new GitError("refused", `${JSON.stringify(file.path.slice(0, 256))} is not a legal path in Git`);
    if ("oid" in file && !(isOid(file.oid) && /^1(00644|00755|20000)$/.test(file.mode))) {
      throw new GitError("refused", `${JSON.stringify(file.path.slice(0, 256))} is not a file`);
    }
  }
}
