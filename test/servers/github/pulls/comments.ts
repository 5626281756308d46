import { actorOf, allows, demand } from "../model/access.ts";
import {
  type Account,
  type Caller,
  type Comment,
  type Issue,
  type Label,
  newId,
  type Pull,
  type Repository,
  type Team,
  timestamp,
  type World,
} from "../model/model.ts";
import { FORBIDDEN, Refusal } from "../model/refusal.ts";
import { checkBody } from "./pulls.ts";

/**
 * Comments on a pull request, where `issues` or `pull_requests` write does, or on an issue, where only `issues` does. A person needs
 * to see it, no more (docs.github.com, "Repository roles": "Comment on issues and pull requests" is for everybody who reads).
 */
export function addComment(world: World, caller: Caller, pull: Pull | Issue, body: string): Comment {
  if (caller.kind === "user") demand(world, caller, pull.repository, "issues", "read");
  else mayTouch(world, caller, pull);
  if (body.trim() === "")
    throw new Refusal("UNPROCESSABLE", "Body can't be blank", [
      { resource: "IssueComment", code: "missing_field", field: "body" },
    ]);
  checkBody(body);
  const comment = {
    id: newId(world),
    author: actorOf(caller),
    body,
    createdAt: timestamp(world),
    lastEdit: undefined,
    reactions: new Map(),
  };
  pull.comments.push(comment);
  pull.updatedAt = comment.createdAt;
  if (!("kind" in pull)) world.emit({ kind: "issue_comment", pull, comment, actor: comment.author });
  return comment;
}

/** A reaction, once for each account; returns whether it is new. */
export function react(comment: Comment, content: string, actor: Account): boolean {
  const who = comment.reactions?.get(content) ?? new Set<Account>();
  const isNew = !who.has(actor);
  comment.reactions?.set(content, who.add(actor));
  return isNew;
}

/** Another text for a comment, its author's or not: write access is enough (docs.github.com, "Repository roles"). */
export function editComment(
  world: World,
  caller: Caller,
  pull: Pull | Issue,
  comment: Comment,
  body: string | undefined,
): void {
  mayTouch(world, caller, pull);
  checkBody(body);
  if (body === undefined) pull.comments.splice(pull.comments.indexOf(comment), 1);
  else comment.body = body;
  comment.lastEdit = { editor: actorOf(caller), at: timestamp(world) };
}

function mayTouch(world: World, caller: Caller, on: Pull | Issue): void {
  if ("kind" in on) demand(world, caller, on.repository, "issues", "write");
  else demandEither(world, caller, on.repository);
}

function demandEither(world: World, caller: Caller, repository: Repository): void {
  const may = ["issues", "pull_requests"].some((permission) => allows(caller, repository, permission, "write"));
  if (!may) demand(world, caller, repository, "issues", "write");
}

/** Adds labels, each once. */
export function addLabels(world: World, caller: Caller, pull: Pull | Issue, labels: readonly Label[]): void {
  mayTouch(world, caller, pull);
  for (const label of labels) if (!pull.labels.includes(label)) pull.labels.push(label);
  if (!("kind" in pull)) world.emit({ kind: "pull_request", action: "labeled", pull, actor: actorOf(caller) });
}

/** Finds or makes a label of the repository, as REST's "add labels to an issue" does for names it does not know. */
export function ensureLabel(world: World, repository: Repository, name: string): Label {
  const known = repository.labels.get(name.toLowerCase());
  if (known !== undefined) return known;
  if (name.length > 50)
    throw new Refusal("UNPROCESSABLE", "Validation Failed", [{ resource: "Label", code: "invalid", field: "name" }]);
  const label = { id: newId(world), name, color: "ededed" };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

/** Asks for reviews; the author cannot review, nor can one who is no collaborator. */
export function requestReviews(
  world: World,
  caller: Caller,
  pull: Pull,
  users: readonly Account[],
  teams: readonly Team[],
  keep: boolean,
): void {
  demand(world, caller, pull.repository, "pull_requests", "write");
  for (const user of users) {
    if (user.id === pull.author.id)
      throw new Refusal("UNPROCESSABLE", "Review cannot be requested from pull request author.");
    if (!isCollaborator(pull.repository, user))
      throw new Refusal(
        "UNPROCESSABLE",
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.",
      );
  }
  if (users.some((user) => user.type === "Bot")) throw new Refusal("FORBIDDEN", FORBIDDEN);
  pull.reviewers = [...new Set([...(keep ? pull.reviewers : []), ...users])];
  pull.teams = [...new Set([...(keep ? pull.teams : []), ...teams])];
  world.emit({ kind: "pull_request", action: "review_requested", pull, actor: actorOf(caller) });
}

function isCollaborator(repository: Repository, user: Account): boolean {
  return repository.owner.id === user.id || repository.collaborators.has(user.login);
}
