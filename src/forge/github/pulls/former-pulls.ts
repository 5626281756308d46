import * as z from "zod";
import type { FileChange } from "../../../domain/change-set.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Path, Sha } from "../../../domain/values/scalars.ts";
import { ForgeError } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { isBotCommit, isBotPull, isClosedByBot, isSameAccount, type PullNode } from "./pull.ts";
import { readPullContent } from "./pull-content.ts";
import { readPullNode } from "./read-pull.ts";

/** Accounts that RAOS acted as before, as its operator says, such as the one of a token that came before the App. */
export interface FormerAccounts {
  readonly logins: readonly string[];
  /** Whether a body's marker says that RAOS wrote exactly these files. */
  isAsWritten(body: string, files: readonly FileChange[]): boolean;
}

/**
 * A reader that returns pull requests of former accounts as RAOS' own where that is proven: such an account or the present one
 * opened it, wrote its text and, by GitHub's signature, every commit; and its branch holds what its marker says. A person may act as
 * such an account, too, and anybody may write a marker: only both together count.
 *
 * One that ended is RAOS' own by its account alone, so that it counts in limits, and as a refusal where a person closed it: nothing is
 * written to it any more. Whether its text and commits are RAOS' has to be proven, too.
 *
 * What was proven is remembered until the pull request changes. Reads nothing where there are no former accounts.
 */
export function createFormerReader(
  client: GitHubClient,
  repository: RepositoryName,
  former: FormerAccounts | undefined,
): (pull: PullRequest) => Promise<PullRequest> {
  const known = new Map<number, Known>();
  return async (pull) => {
    if (former === undefined || pull.openedByBot) return pull;
    const { head, body, state } = pull;
    const last = known.get(pull.number);
    const isKnown = last !== undefined && last.head === head && last.body === body && last.state === state;
    const proof = isKnown ? last.proof : await prove(client, repository, pull, former);
    if (proof === undefined) return pull;
    known.set(pull.number, { head, body, state, proof });
    return withProof(pull, proof);
  };
}

interface Known extends Pick<PullRequest, "head" | "body" | "state"> {
  readonly proof: Proof;
}

/** What is known of a pull request that the present account did not open. */
interface Proof {
  /** Whether a former account, or the present one, opened it. */
  readonly isOpenedByUs: boolean;
  readonly isClosedByUs: boolean;
  /** Whether text and commits are RAOS' alone. */
  readonly isWrittenByUs: boolean;
}

function withProof(pull: PullRequest, { isOpenedByUs, isClosedByUs, isWrittenByUs }: Proof): PullRequest {
  if (isWrittenByUs)
    return { ...pull, botOnly: true, openedByBot: true, textByBot: true, closedByBot: isClosedByUs, handsOff: false };
  return isOpenedByUs && pull.state !== "open" ? { ...pull, openedByBot: true, closedByBot: isClosedByUs } : pull;
}

/** Undefined where GitHub does not answer now: then it stays somebody else's, and nothing is written. */
async function prove(
  client: GitHubClient,
  repository: RepositoryName,
  pull: PullRequest,
  former: FormerAccounts,
): Promise<Proof | undefined> {
  try {
    const found = await readPullNode(client, repository, pull.number);
    if (found === undefined) return undefined;
    const { node, viewer } = found;
    const logins = [viewer, ...former.logins];
    return {
      isOpenedByUs: logins.some((login) => isBotPull(node, login)),
      isClosedByUs: isClosedByBot(node, viewer, former.logins),
      isWrittenByUs: isByAccounts(node, logins) && (await isAsWritten(client, repository, pull, former)),
    };
  } catch (error) {
    if (error instanceof ForgeError) return undefined;
    throw error;
  }
}

/** Whether the pull request holds the files that its marker says. Throws ForgeError. */
async function isAsWritten(
  client: GitHubClient,
  repository: RepositoryName,
  pull: PullRequest,
  former: FormerAccounts,
): Promise<boolean> {
  const { paths, start, head } = await readPullContent(client, repository, pull.number);
  if (paths === undefined || start === undefined || head !== pull.head) return false;
  const files = await readChanges(client, repository, [...paths].sort(), { start, head });
  return files !== undefined && former.isAsWritten(pull.body, files);
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
