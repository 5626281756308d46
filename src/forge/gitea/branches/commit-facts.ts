import * as z from "zod";
import type { Sha } from "../../../domain/values/scalars.ts";
import type { GiteaContext } from "../context.ts";
import type { CommitFacts } from "../proof.ts";

const ApiCommit = z.object({
  commit: z.object({
    message: z.string(),
    tree: z.object({ sha: z.string() }),
    committer: z.object({ date: z.string() }),
  }),
  parents: z.array(z.object({ sha: z.string() })).nullable(),
});

/**
 * A commit of the repository: from the mirror, or, where no branch that was fetched holds it, from the API. Undefined where there
 * is none. Throws ForgeError.
 */
export async function readCommitFacts(context: GiteaContext, sha: Sha): Promise<CommitFacts | undefined> {
  const here = await readHere(context, sha);
  if (here !== undefined) return here;
  const before = context.commits.get(sha);
  if (before !== undefined) return before;
  const path = `${context.path}/git/commits/${encodeURIComponent(sha)}?stat=false&verification=false&files=false`;
  const found = await context.client.get("read a commit", path, ApiCommit);
  if (found === undefined) return undefined;
  const { tree, message, committer } = found.commit;
  const parents = (found.parents ?? []).map((parent) => parent.sha);
  const facts = { tree: tree.sha, parents, message, committedAt: Date.parse(committer.date) };
  if (context.commits.size >= KEPT) context.commits.clear();
  context.commits.set(sha, facts);
  return facts;
}

/** Most commits from the API that are kept: they never change. */
const KEPT = 5000;

/** Fetches once where the mirror lacks one of these commits. Throws ForgeError. */
export async function fetchMissing(context: GiteaContext, commits: readonly Sha[]): Promise<void> {
  const read = await Promise.all(commits.map((sha) => context.objects.object(sha)));
  const missing = commits.find((_, index) => read[index]?.kind === "missing");
  if (missing !== undefined) await context.fetch(missing);
}

async function readHere({ objects }: GiteaContext, sha: Sha): Promise<CommitFacts | undefined> {
  const read = await objects.object(sha);
  return read.kind === "object" && read.type === "commit" ? parseCommit(read.bytes.toString("utf8")) : undefined;
}

/** Parses a commit object: lines of headers, an empty line, the message. Undefined where it is none. */
export function parseCommit(text: string): CommitFacts | undefined {
  const end = text.indexOf("\n\n");
  const headers = (end < 0 ? text : text.slice(0, end)).split("\n");
  const valuesOf = (name: string) =>
    headers.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  const [tree] = valuesOf("tree");
  const seconds = /> (\d{1,12}) [+-]\d{4}$/.exec(valuesOf("committer")[0] ?? "")?.[1];
  if (tree === undefined || seconds === undefined || end < 0) return undefined;
  return { tree, parents: valuesOf("parent"), message: text.slice(end + 2), committedAt: Number(seconds) * 1000 };
}
