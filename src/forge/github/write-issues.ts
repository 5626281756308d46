import * as z from "zod";
import type { Issue, IssueProposal } from "../../domain/alert/incident.ts";
import { checkIssueReport } from "../check-issue-report.ts";
import { markedComment } from "../comment-markers.ts";
import { ForgeError } from "../forge.ts";
import { toForgeErrorOf } from "./client/error.ts";
import type { GitHubContext } from "./context.ts";
import { ISSUE_FIELDS, IssueNode, toIssue } from "./issue-node.ts";
import { addLabels } from "./labels.ts";
import { type IssueMemory, listIssues } from "./list-issues.ts";
import { faultOfPart, parseAnswer } from "./write.ts";

const STATE = `query State($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) { state } }
}`;

/** Opens an issue, or returns the open one with its key. Throws ForgeError. */
export async function openGitHubIssue(
  context: GitHubContext,
  wanted: IssueProposal,
  memory: IssueMemory,
): Promise<Issue> {
  const report = checkIssueReport(wanted);
  const { issues, complete } = await listIssues(context.client, context, memory);
  const present = issues.find((issue) => issue.key === report.key && issue.state === "open");
  if (present !== undefined) return present;
  if (memory.wasLost(report.key))
    throw new ForgeError(
      "stale",
      "open an issue: the same one was sent a moment ago without an answer, and may not be listed yet",
    );
  if (!complete) throw new ForgeError("unavailable", "open an issue: the open issues could not be read completely");
  const { title, body } = report;
  const input = { repositoryId: context.repositoryId, title, body };
  const document = `mutation Open($input: CreateIssueInput!) { createIssue(input: $input) { issue { ${ISSUE_FIELDS} } } }`;
  const Answer = z.object({ createIssue: z.object({ issue: IssueNode }) });
  const answer = await mutate(context, "open an issue", document, input, Answer, () => memory.rememberLost(report.key));
  const issue = requireIssue(toIssue(answer.createIssue.issue));
  memory.remember(issue);
  await addLabels(context, issue, report.labels, context.warn);
  return issue;
}

/** Writes an issue's title and body. Throws ForgeError. */
export async function updateGitHubIssue(
  context: GitHubContext,
  issue: Issue,
  report: IssueProposal,
  memory: IssueMemory,
): Promise<Issue> {
  const { title, body } = checkIssueReport(report);
  const input = { id: issue.id, title, body };
  const document = `mutation Update($input: UpdateIssueInput!) { updateIssue(input: $input) { issue { ${ISSUE_FIELDS} } } }`;
  const Answer = z.object({ updateIssue: z.object({ issue: IssueNode }) });
  const answer = await mutate(context, `update #${issue.number}`, document, input, Answer);
  const updated = requireIssue(toIssue(answer.updateIssue.issue));
  memory.remember(updated);
  return updated;
}

/**
 * Comments, then closes. The bot's comment comes first: an issue that is closed without it was closed by a person. An issue that
 * is closed already is not changed, so that a person's close stays theirs. Throws ForgeError.
 */
export async function closeGitHubIssue(
  context: GitHubContext,
  issue: Issue,
  sentence: string,
  memory: IssueMemory,
): Promise<void> {
  const State = z.object({ repository: z.object({ issue: z.object({ state: z.enum(["OPEN", "CLOSED"]) }) }) });
  const { owner, name } = context;
  const which = { owner, name, number: issue.number };
  const { repository } = await context.client.query(`read #${issue.number}`, STATE, which, State);
  if (repository.issue.state === "CLOSED") return;
  const document = `mutation Close($comment: AddCommentInput!, $input: CloseIssueInput!) {
    addComment(input: $comment) { clientMutationId }
    closeIssue(input: $input) { clientMutationId }
  }`;
  const variables = {
    comment: { subjectId: issue.id, body: markedComment("closed", sentence) },
    input: { issueId: issue.id, stateReason: "COMPLETED" },
  };
  const doing = `close #${issue.number}`;
  const written = await context.client.mutate(doing, document, variables);
  if (written.kind === "lost") throw new ForgeError("unavailable", `${doing}: ${written.message}`);
  const fault = faultOfPart(written, "addComment", doing) ?? faultOfPart(written, "closeIssue", doing);
  if (fault !== undefined) throw fault;
  memory.remember({ ...issue, state: "closed", closedByBot: true, endedAt: Date.now() });
}

async function mutate<T>(
  context: GitHubContext,
  doing: string,
  document: string,
  input: Readonly<Record<string, unknown>>,
  shape: z.ZodType<T>,
  onLost: () => void = () => {},
): Promise<T> {
  const written = await context.client.mutate(doing, document, { input });
  if (written.kind === "lost") {
    onLost();
    throw new ForgeError("unavailable", `${doing}: ${written.message}`);
  }
  const fault = written.faults[0];
  if (fault !== undefined) throw toForgeErrorOf(fault, doing);
  return parseAnswer(written, shape, doing);
}

function requireIssue(issue: Issue | undefined): Issue {
  if (issue === undefined) throw new ForgeError("invalid", "the issue came back without its marker");
  return issue;
}
