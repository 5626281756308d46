import * as z from "zod";
import type { Proposal } from "../../../domain/proposal.ts";
import { blobOid } from "../../../domain/values/object-id.ts";
import type { Path, Sha } from "../../../domain/values/scalars.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";

/** Files asked for in one document. */
const BATCH = 100;

const Objects = z.object({ repository: z.record(z.string(), z.object({ oid: z.string() }).nullable()) });

/** The paths among the proposal's files that `commit` does not hold as proposed. One read for each 100 files. */
export async function findDifferingFiles(
  client: GitHubClient,
  repository: RepositoryName,
  commit: Sha,
  files: Proposal["files"],
): Promise<ReadonlySet<Path>> {
  const differing = new Set<Path>();
  for (let start = 0; start < files.length; start += BATCH) {
    const batch = files.slice(start, start + BATCH);
    const parameters = batch.map((_, index) => `$e${index}: String!`).join(", ");
    const fields = batch.map((_, index) => `f${index}: object(expression: $e${index}) { oid }`).join("\n");
    const document = `query Files($owner: String!, $name: String!, ${parameters}) { repository(owner: $owner, name: $name) { ${fields} } }`;
    const names = Object.fromEntries(batch.map(({ path }, index) => [`e${index}`, `${commit}:${path}`]));
    const answer = await client.query("compare files of a branch", document, { ...repository, ...names }, Objects);
    for (const [index, { path, text }] of batch.entries()) {
      const current = answer.repository[`f${index}`]?.oid;
      if (current !== (text === undefined ? undefined : blobOid(text))) differing.add(path);
    }
  }
  return differing;
}
