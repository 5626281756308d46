import type { Sha } from "../../../domain/values/scalars.ts";
import type { GiteaContext } from "../context.ts";
import type { CommitFacts } from "../proof.ts";

/** Where a commit that the mirror lacks may come from: nowhere, the branches of the remote, or those and a pull request's head. */
export type CommitSource = "mirror" | "branches" | { readonly pull: number };

/**
 * A commit of the repository, as Git has it: Gitea's API gives a commit's own id for its tree's. Undefined where it is not there.
 * Throws ForgeError.
 */
export async function readCommitFacts(
  context: GiteaContext,
  sha: Sha,
  source: CommitSource,
): Promise<CommitFacts | undefined> {
  const here = await readHere(context, sha);
  if (here !== undefined || source === "mirror") return here;
  const pull = source === "branches" ? undefined : source.pull;
  return (await context.fetch(sha, pull)) ? readHere(context, sha) : undefined;
}

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
