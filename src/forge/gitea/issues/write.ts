import * as z from "zod";
import type { Issue, IssueProposal } from "../../../domain/alert/incident.ts";
import { checkIssueReport } from "../../check-issue-report.ts";
import { ForgeError } from "../../forge.ts";
import { writeMarkedComment } from "../comments/write-comment.ts";
import { labelIdsOf } from "../labels.ts";
import type { PullContext } from "../pulls/read.ts";
import { listGiteaIssues } from "./list.ts";
import { GiteaIssue, toBotIssue } from "./shape.ts";

/** Opens an issue, or returns the open one with its key. Throws ForgeError. */
export async function openGiteaIssue(context: PullContext, wanted: IssueProposal): Promise<Issue> {
  const report = checkIssueReport(wanted);
  const { issues, complete } = await listGiteaIssues(context);
  const present = issues.find((issue) => issue.key === report.key && issue.state === "open");
  if (present !== undefined) return present;
  if (!complete) throw new ForgeError("unavailable", "open an issue: the open issues could not be read completely");
  const { title, body } = report;
  const labels = await labelIdsOf(context, report.labels);
  const request = { method: "POST" as const, path: `${context.path}/issues`, body: { title, body, labels } };
  const written = await context.client.write("open an issue", request, GiteaIssue);
  // Where the answer was lost, the next pass finds what was opened by its key.
  if (written.kind !== "done") throw written.error;
  return requireOwn(await toBotIssue(context, written.data));
}

/** Writes an issue's title and body. Throws ForgeError. */
export async function updateGiteaIssue(context: PullContext, issue: Issue, report: IssueProposal): Promise<Issue> {
  const { title, body } = checkIssueReport(report);
  const request = { method: "PATCH" as const, path: `${context.path}/issues/${issue.number}`, body: { title, body } };
  const written = await context.client.write(`update #${issue.number}`, request, GiteaIssue);
  if (written.kind !== "done") throw written.error;
  return requireOwn(await toBotIssue(context, written.data));
}

/** Comments, then closes. An issue that is closed already is not changed, so that a person's close stays theirs. Throws ForgeError. */
export async function closeGiteaIssue(context: PullContext, issue: Issue, sentence: string): Promise<void> {
  const { number } = issue;
  const path = `${context.path}/issues/${number}`;
  const before = await context.client.get(`read #${number}`, path, GiteaIssue);
  if (before === undefined) throw new ForgeError("not-found", `there is no issue #${number}`);
  if (before.state === "closed") return;
  await writeMarkedComment(context, number, "closed", sentence);
  const closing = { method: "PATCH" as const, path, body: { state: "closed" } };
  const written = await context.client.write(`close #${number}`, closing, z.unknown());
  if (written.kind !== "done") throw written.error;
}

function requireOwn(issue: Issue | undefined): Issue {
  if (issue === undefined) throw new ForgeError("invalid", "the issue came back without its marker");
  return issue;
}
