import { actorOf, demand } from "../model/access.ts";
import { type Caller, type Issue, newId, type Repository, timestamp, type World } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { checkText } from "./pulls.ts";

/** Opens an issue; it takes its number from the same sequence as pull requests do. */
export function createIssue(
  world: World,
  caller: Caller,
  repository: Repository,
  wanted: { readonly title: string; readonly body: string },
): Issue {
  if (!repository.hasIssues) throw new Refusal("UNPROCESSABLE", "Issues are disabled for this repo");
  demand(world, caller, repository, "issues", "write");
  checkText(wanted.title, wanted.body);
  const at = timestamp(world);
  const issue: Issue = {
    kind: "issue",
    id: newId(world),
    number: repository.nextNumber++,
    repository,
    author: actorOf(caller),
    title: wanted.title,
    body: wanted.body,
    lastEdit: undefined,
    edits: [{ editor: actorOf(caller), at }],
    state: "OPEN",
    closedAt: undefined,
    comments: [],
    labels: [],
    createdAt: at,
    updatedAt: at,
  };
  repository.issues.set(issue.number, issue);
  return issue;
}

/** Changes title, body or state. */
export function updateIssue(
  world: World,
  caller: Caller,
  issue: Issue,
  change: {
    readonly title?: string | undefined;
    readonly body?: string | undefined;
    readonly state?: Issue["state"] | undefined;
  },
): void {
  demand(world, caller, issue.repository, "issues", "write");
  checkText(change.title, change.body);
  const at = timestamp(world);
  const isEdited = change.body !== undefined && change.body !== issue.body;
  if (isEdited) {
    issue.lastEdit = { editor: actorOf(caller), at };
    issue.edits.push(issue.lastEdit);
  }
  issue.title = change.title ?? issue.title;
  issue.body = change.body ?? issue.body;
  if (change.state === "CLOSED" && issue.state === "OPEN") issue.closedAt = at;
  if (change.state === "OPEN") issue.closedAt = undefined;
  issue.state = change.state ?? issue.state;
  issue.updatedAt = at;
  if (isEdited) world.emit({ kind: "issues", action: "edited", issue, actor: actorOf(caller) });
}
