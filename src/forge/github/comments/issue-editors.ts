import * as z from "zod";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";

const EDITORS = `query Editors($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) {
    author { login }
    userContentEdits(first: 100) { nodes { editedAt editor { login } } pageInfo { hasNextPage } }
  } }
}`;

const Actor = z.object({ login: z.string() }).nullable();
const Answer = z.object({
  repository: z.object({
    issue: z.object({
      author: Actor,
      userContentEdits: z
        .object({
          nodes: z.array(z.object({ editedAt: z.string(), editor: Actor }).nullable()).nullable(),
          pageInfo: z.object({ hasNextPage: z.boolean() }),
        })
        .nullable(),
    }),
  }),
});

/**
 * Who edited an issue of RAOS since RAOS itself last did, the latest first; nobody where nobody did. GitHub gives times in whole
 * seconds, so whoever edited in the same second counts, too. Undefined where an edit's author is not known, or RAOS's own last edit is
 * not among the hundred that one request reads. Throws ForgeError.
 */
export async function readIssueEditors(
  client: GitHubClient,
  { owner, name }: RepositoryName,
  number: number,
): Promise<readonly string[] | undefined> {
  const { repository } = await client.query(`read who edited #${number}`, EDITORS, { owner, name, number }, Answer);
  const { author, userContentEdits } = repository.issue;
  const edits = (userContentEdits?.nodes ?? [])
    .filter((edit) => edit !== null)
    .map(({ editedAt, editor }) => ({ at: Date.parse(editedAt), login: editor?.login }))
    .toSorted((a, b) => b.at - a.at);
  const own = edits.find(({ login }) => login !== undefined && login === author?.login);
  if (own === undefined && userContentEdits?.pageInfo.hasNextPage === true) return undefined;
  const since = edits.filter(({ at, login }) => login !== author?.login && at >= (own?.at ?? 0));
  const known = since.flatMap(({ login }) => login ?? []);
  return known.length === since.length ? known : undefined;
}
