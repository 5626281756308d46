import * as z from "zod";
import type { FileChange } from "../../../domain/change-set.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Path, Sha } from "../../../domain/values/scalars.ts";
import { ForgeError } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { isBotCommit, isSameAccount, type PullNode } from "./pull.ts";
import { readPullContent } from "./pull-content.ts";
import { readPullNode } from "./read-pull.ts";

/** Accounts that RAOS acted as before, as its operator says, such as the one of a token that came before the App. */
export interface FormerAccounts {
  readonly logins: readonly string[];
  /** Whether a body's marker says that RAOS wrote exactly these files. */
  isAsWritten(body: string, files: readonly FileChange[]): boolean;
}

/**
 * A reader that returns open pull requests of former accounts as RAOS' own where that is proven: such an account or the present
 * one opened it, wrote its text and, by GitHub's signature, every commit; and its branch holds what its marker says. A person
 * may act as such an account, too, and anybody may write a marker: only both together count. What was proven is remembered
 * until the head or the body changes. Reads nothing where there are no former accounts.
 */
export function createFormerReader(
  client: GitHubClient,
  repository: RepositoryName,
  former: FormerAccounts | undefined,
): (pull: PullRequest) => Promise<PullRequest> {
  const known = new Map<number, { readonly head: Sha; readonly body: string; readonly isOwn: boolean }>();
  return async (pull) => {
    if (former === undefined || pull.state !== "open" || pull.openedByBot) return pull;
    const last = known.get(pull.number);
    const isKnown = last !== undefined && last.head === pull.head && last.body === pull.body;
    const isOwn = isKnown ? last.isOwn : await isProven(client, repository, pull, former);
    if (isOwn !== undefined) known.set(pull.number, { head: pull.head, body: pull.body, isOwn });
    return isOwn === true ? { ...pull, botOnly: true, openedByBot: true, textByBot: true, handsOff: false } : pull;
  };
}

/** Undefined where GitHub does not answer now: then it stays somebody else's, and nothing is written. */
async function isProven(
  client: GitHubClient,
  repository: RepositoryName,
  pull: PullRequest,
  former: FormerAccounts,
): Promise<boolean | undefined> {
  try {
    const found = await readPullNode(client, repository, pull.number);
    if (found === undefined || !isByAccounts(found.node, [found.viewer, ...former.logins])) return false;
    const { paths, start, head } = await readPullContent(client, repository, pull.number);
    if (paths === undefined || start === undefined || head !== pull.head) return false;
    const files = await readChanges(client, repository, [...paths].sort(), { start, head });
    return files !== undefined && former.isAsWritten(pull.body, files);
  } catch (error) {
    if (error instanceof ForgeError) return undefined;
    throw error;
  }
}

function isByAccounts({ author, editor, commits }: PullNode, logins: readonly string[]): boolean {
  const isOurs = (actor: PullNode["author"]) => logins.some((login) => isSameAccount(actor, login));
  const read = (commits.nodes ?? []).filter((node) => node !== null);
  return (
    isOurs(author) &&
    (editor === null || isOurs(editor)) &&
    read.length === commits.totalCount &&
    read.every(({ commit }) => logins.some((login) => isBotCommit(commit, login)))
  );
}

const BlobNode = z
  .object({ oid: z.string(), text: z.string().nullish(), isTruncated: z.boolean().optional() })
  .nullable();
const Blobs = z.object({ repository: z.record(z.string(), BlobNode) });

/** Files read with one document: two commits of each. */
const BATCH = 25;

/** The files as they are on both commits; undefined where one cannot be read as text. */
async function readChanges(
  client: GitHubClient,
  repository: RepositoryName,
  paths: readonly Path[],
  { start, head }: { readonly start: Sha; readonly head: Sha },
): Promise<readonly FileChange[] | undefined> {
  const files: FileChange[] = [];
  for (let first = 0; first < paths.length; first += BATCH) {
    const batch = paths.slice(first, first + BATCH);
    const names = batch.flatMap((path, index) => [
      [`a${index}`, `${start}:${path}`],
      [`b${index}`, `${head}:${path}`],
    ]);
    const parameters = names.map(([name]) => `$${name}: String!`).join(", ");
    const fields = names.map(
      ([name]) => `${name}: object(expression: $${name}) { oid ... on Blob { text isTruncated } }`,
    );
    const document = `query Written($owner: String!, $name: String!, ${parameters}) { repository(owner: $owner, name: $name) { ${fields.join("\n")} } }`;
    const variables = { ...repository, ...Object.fromEntries(names) };
    const answer = await client.query("read what a branch holds", document, variables, Blobs);
    for (const [index, path] of batch.entries()) {
      const [before, after] = [answer.repository[`a${index}`], answer.repository[`b${index}`]];
      if (after && (typeof after.text !== "string" || after.isTruncated === true)) return undefined;
      files.push({ path, before: before ? { oid: before.oid, text: "" } : undefined, text: after?.text ?? undefined });
    }
  }
  return files;
}
