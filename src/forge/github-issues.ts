import * as z from "zod";
import type { Report, StandingIssue } from "../domain/incident.ts";
import { decodeIssueMarker } from "../domain/issue-marker.ts";
import { ForgeError } from "./forge.ts";
import type { GitHubClient } from "./github-client.ts";
import { toForgeErrorOf } from "./github-error.ts";
import { addLabels } from "./github-labels.ts";
import type { WriteMemory } from "./github-memory.ts";
import type { Setting } from "./github-open.ts";
import { CommentNodes, remarkBody, remarksIn } from "./github-pull.ts";
import type { Place } from "./github-standing.ts";
import { answerOf, faultOf } from "./github-write.ts";
import { checked } from "./issue-key.ts";

const ISSUE_FIELDS = `id number url title body state createdAt closedAt viewerDidAuthor
  comments(last: 20) { nodes { viewerDidAuthor body } }`;

const IssueNode = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(["OPEN", "CLOSED"]),
  createdAt: z.string(),
  closedAt: z.string().nullable(),
  viewerDidAuthor: z.boolean(),
  comments: CommentNodes,
});
type IssueNode = z.infer<typeof IssueNode>;

const Page = z.object({
  repository: z.object({
    issues: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(IssueNode.nullable()).nullable(),
    }),
  }),
});

const LIST = `query Issues($owner: String!, $name: String!, $after: String, $states: [IssueState!], $filter: IssueFilters) {
  repository(owner: $owner, name: $name) {
    issues(first: 50, after: $after, states: $states, filterBy: $filter, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes { ${ISSUE_FIELDS} }
    }
  }
}`;

const STATE = `query State($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) { state } }
}`;

const WEEK = 7 * 86_400_000;
/** Pages of each state looked at; a repository with more open issues than 2,000 is not read whole. */
const MOST_PAGES = 40;

/** What this process wrote to issues a moment ago. */
export type IssueMemory = WriteMemory<StandingIssue>;

/**
 * The bot's issues that are open, or were closed in the last 7 days; not complete where there are too many to tell. What this
 * process wrote a moment ago is read by its number where the lists show it otherwise.
 */
export async function readIssues(
  client: GitHubClient,
  place: Place,
  memory: IssueMemory,
  now: () => number = Date.now,
): Promise<{ readonly issues: readonly StandingIssue[]; readonly complete: boolean }> {
  const since = now() - WEEK;
  const [open, closed] = await Promise.all([
    readList(client, place, { states: ["OPEN"], filter: null }),
    // What was closed since was changed since.
    readList(client, place, { states: ["CLOSED"], filter: { since: new Date(since).toISOString() } }),
  ]);
  const near = closed.issues.filter((issue) => (issue.endedAt ?? 0) > since);
  // One that was closed between the two readings is in both: the later word counts.
  const byNumber = new Map([...open.issues, ...near].map((issue) => [issue.number, issue]));
  const isAsLeft = (left: StandingIssue) => byNumber.get(left.number)?.state === left.state;
  const unlisted = memory.recent().filter((left) => !isAsLeft(left));
  const fresh = await Promise.all(unlisted.map((left) => readIssue(client, place, left.number)));
  for (const issue of fresh) if (issue !== undefined) byNumber.set(issue.number, issue);
  const issues = [...byNumber.values()].filter((issue) => issue.state === "open" || (issue.endedAt ?? 0) > since);
  return { issues, complete: open.complete && closed.complete && !fresh.includes(undefined) };
}

const ONE = `query Issue($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) { ${ISSUE_FIELDS} } }
}`;
const OneIssue = z.object({ repository: z.object({ issue: IssueNode }) });

/** One issue of the bot; undefined where there is none of that number, or it is somebody else's. Throws ForgeError. */
async function readIssue(client: GitHubClient, place: Place, number: number): Promise<StandingIssue | undefined> {
  try {
    const { repository } = await client.query(`read issue #${number}`, ONE, { ...place, number }, OneIssue);
    return standingIssue(repository.issue);
  } catch (error) {
    if (error instanceof ForgeError && error.code === "not-found") return undefined;
    throw error;
  }
}

async function readList(
  client: GitHubClient,
  place: Place,
  which: { readonly states: readonly string[]; readonly filter: { readonly since: string } | null },
): Promise<{ readonly issues: readonly StandingIssue[]; readonly complete: boolean }> {
  const found = new Map<number, StandingIssue>();
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const variables: Readonly<Record<string, unknown>> = { ...place, ...which, after };
    const read: z.infer<typeof Page> = await client.query("read the issues", LIST, variables, Page);
    const { nodes, pageInfo } = read.repository.issues;
    for (const node of nodes ?? []) {
      const issue = node === null ? undefined : standingIssue(node);
      if (issue !== undefined) found.set(issue.number, issue);
    }
    if (nodes === null || nodes.includes(null)) return { issues: [...found.values()], complete: false };
    if (!pageInfo.hasNextPage) return { issues: [...found.values()], complete: true };
    after = pageInfo.endCursor;
  }
  return { issues: [...found.values()], complete: false };
}

/** Opens an issue, or answers with the open one of that key. */
export async function openIssue(setting: Setting, wanted: Report, memory: IssueMemory): Promise<StandingIssue> {
  const report = checked(wanted);
  const { issues, complete } = await readIssues(setting.client, setting, memory);
  const present = issues.find((issue) => issue.key === report.key && issue.state === "open");
  if (present !== undefined) return present;
  if (memory.isLost(report.key))
    throw new ForgeError("stale", "open an issue: it was asked for a moment ago, and may not be listed yet");
  if (!complete) throw new ForgeError("unavailable", "open an issue: what is open could not be read whole");
  const { title, body } = report;
  const input = { repositoryId: setting.repositoryId, title, body };
  const document = `mutation Open($input: CreateIssueInput!) { createIssue(input: $input) { issue { ${ISSUE_FIELDS} } } }`;
  const Answer = z.object({ createIssue: z.object({ issue: IssueNode }) });
  const answer = await mutate(setting, "open an issue", document, input, Answer, () => memory.lose(report.key));
  const issue = expected(standingIssue(answer.createIssue.issue));
  memory.note(issue);
  await addLabels(setting, issue, report.labels, setting.warn);
  return issue;
}

/** Writes an issue's title and body anew. */
export async function updateIssue(
  setting: Setting,
  issue: StandingIssue,
  report: Report,
  memory: IssueMemory,
): Promise<StandingIssue> {
  const { title, body } = checked(report);
  const input = { id: issue.id, title, body };
  const document = `mutation Update($input: UpdateIssueInput!) { updateIssue(input: $input) { issue { ${ISSUE_FIELDS} } } }`;
  const Answer = z.object({ updateIssue: z.object({ issue: IssueNode }) });
  const answer = await mutate(setting, `update #${issue.number}`, document, input, Answer);
  const now = expected(standingIssue(answer.updateIssue.issue));
  memory.note(now);
  return now;
}

/**
 * Says why, and closes. The sentence comes first, so that a close without a word is a person's; one that is closed already
 * is left as it is, so that it stays theirs.
 */
export async function closeIssue(
  setting: Setting,
  issue: StandingIssue,
  sentence: string,
  memory: IssueMemory,
): Promise<void> {
  const State = z.object({ repository: z.object({ issue: z.object({ state: z.enum(["OPEN", "CLOSED"]) }) }) });
  const { owner, name } = setting;
  const which = { owner, name, number: issue.number };
  const { repository } = await setting.client.query(`read #${issue.number}`, STATE, which, State);
  if (repository.issue.state === "CLOSED") return;
  const document = `mutation Close($say: AddCommentInput!, $input: CloseIssueInput!) {
    addComment(input: $say) { clientMutationId }
    closeIssue(input: $input) { clientMutationId }
  }`;
  const variables = {
    say: { subjectId: issue.id, body: remarkBody("closed", sentence) },
    input: { issueId: issue.id, stateReason: "COMPLETED" },
  };
  const doing = `close #${issue.number}`;
  const written = await setting.client.mutate(doing, document, variables);
  if (written.kind === "lost") throw new ForgeError("unavailable", `${doing}: ${written.message}`);
  const fault = faultOf(written, "addComment", doing) ?? faultOf(written, "closeIssue", doing);
  if (fault !== undefined) throw fault;
  memory.note({ ...issue, state: "closed", closedByBot: true, endedAt: Date.now() });
}

async function mutate<T>(
  setting: Setting,
  doing: string,
  document: string,
  input: Readonly<Record<string, unknown>>,
  shape: z.ZodType<T>,
  lost: () => void = () => {},
): Promise<T> {
  const written = await setting.client.mutate(doing, document, { input });
  if (written.kind === "lost") lost();
  if (written.kind === "lost") throw new ForgeError("unavailable", `${doing}: ${written.message}`);
  const fault = written.faults[0];
  if (fault !== undefined) throw toForgeErrorOf(fault, doing);
  return answerOf(written, shape, doing);
}

/** Undefined where the issue is somebody else's, or carries no key. */
function standingIssue(node: IssueNode): StandingIssue | undefined {
  const key = node.viewerDidAuthor ? decodeIssueMarker(node.body)?.key : undefined;
  if (key === undefined) return undefined;
  return {
    number: node.number,
    id: node.id,
    url: node.url,
    key,
    title: node.title,
    body: node.body,
    state: node.state === "OPEN" ? "open" : "closed",
    closedByBot: node.state === "CLOSED" && remarksIn(node.comments).has("closed"),
    createdAt: Date.parse(node.createdAt),
    endedAt: node.closedAt === null ? undefined : Date.parse(node.closedAt),
  };
}

function expected(issue: StandingIssue | undefined): StandingIssue {
  if (issue === undefined) throw new ForgeError("invalid", "the issue came back without its marker");
  return issue;
}
