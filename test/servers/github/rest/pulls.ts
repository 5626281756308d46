import { actorOf, demand } from "../model/access.ts";
import type { Comment, Issue, Pull } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { listed, listedPulls } from "../model/replica.ts";
import { addComment, addLabels, editComment, ensureLabel, react } from "../pulls/comments.ts";
import { mergePull, updateBranch } from "../pulls/merging.ts";
import { createPull, updatePull } from "../pulls/pulls.ts";
import { type Call, ok, paged, pullAt, type Route, repositoryAt, text } from "./call.ts";
import { commentShape, issueShape, plainIssueShape, pullFullShape, pullSimpleShape } from "./pull-shapes.ts";
import { labelShape, userShape } from "./shapes.ts";

/** Routes about pull requests, by the operation's name in GitHub's description. */
export const pullRoutes: Readonly<Record<string, Route>> = {
  "GET /repos/{owner}/{repo}/pulls": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "pull_requests", "read");
    const query = call.url.searchParams;
    const state = query.get("state") ?? "open";
    const head = query.get("head");
    const base = query.get("base");
    const sorted = [...listedPulls(call.world, repository, call.view).values()].filter((pull) => {
      if (state !== "all" && (pull.state === "OPEN") !== (state === "open")) return false;
      if (head !== null && head !== `${pull.headRepository.owner.login}:${pull.headRef}`) return false;
      return base === null || base === pull.baseRef;
    });
    const ordered = (query.get("direction") ?? "desc") === "asc" ? sorted : sorted.reverse();
    return paged(call, ordered, (pulls) => pulls.map((pull) => pullSimpleShape(call.world, pull)));
  },
  "POST /repos/{owner}/{repo}/pulls": async (call) => {
    const pull = await createPull(call.world, call.caller, repositoryAt(call), {
      title: text(call.body.title) ?? "",
      body: text(call.body.body) ?? "",
      baseRef: text(call.body.base) ?? "",
      headRef: text(call.body.head) ?? "",
      draft: call.body.draft === true,
    });
    return ok(await pullFullShape(call.world, pull), 201);
  },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}": async (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "pull_requests", "read");
    return ok(await pullFullShape(call.world, pullAt(call, repository)));
  },
  "PATCH /repos/{owner}/{repo}/pulls/{pull_number}": async (call) => {
    const pull = pullAt(call, repositoryAt(call));
    const state = call.body.state === "closed" ? "CLOSED" : call.body.state === "open" ? "OPEN" : undefined;
    await updatePull(call.world, call.caller, pull, {
      title: text(call.body.title),
      body: text(call.body.body),
      baseRef: text(call.body.base),
      state,
    });
    return ok(await pullFullShape(call.world, pull));
  },
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch": async (call) => {
    const pull = pullAt(call, repositoryAt(call));
    await updateBranch(call.world, call.caller, pull, text(call.body.expected_head_sha));
    return ok({ message: "Updating pull request branch.", url: call.world.url }, 202);
  },
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge": async (call) => {
    const pull = pullAt(call, repositoryAt(call));
    const method =
      call.body.merge_method === "squash" ? "SQUASH" : call.body.merge_method === "rebase" ? "REBASE" : "MERGE";
    try {
      const sha = await mergePull(call.world, call.caller, pull, {
        expectedHead: text(call.body.sha),
        headline: text(call.body.commit_title),
        body: text(call.body.commit_message),
        method,
      });
      return ok({ sha, merged: true, message: "Pull Request successfully merged" });
    } catch (error) {
      if (error instanceof Refusal && error.message === "Pull Request is not mergeable")
        return ok(
          {
            message: error.message,
            documentation_url: "https://docs.github.com/rest/pulls/pulls#merge-a-pull-request",
          },
          405,
        );
      throw error;
    }
  },
  "GET /repos/{owner}/{repo}/issues/{issue_number}": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "pull_requests", "read");
    return ok(issueShape(call.world, pullAt(call, repository)));
  },
  "GET /repos/{owner}/{repo}/issues": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "issues", "read");
    const state = call.url.searchParams.get("state") ?? "open";
    const isByUpdate = call.url.searchParams.get("sort") === "updated";
    const direction = call.url.searchParams.get("direction") === "asc" ? 1 : -1;
    const at = (one: Pull | Issue) => (isByUpdate ? one.updatedAt : one.createdAt);
    const wanted = (call.url.searchParams.get("labels") ?? "").split(",").filter((name) => name !== "");
    const all = [...repository.pulls.values(), ...repository.issues.values()]
      .filter((one) => wanted.every((name) => one.labels.some((label) => label.name === name)))
      .filter((one) => state === "all" || (one.state === "OPEN") === (state === "open"))
      .sort((a, b) => direction * (at(a).localeCompare(at(b)) || a.number - b.number));
    return paged(call, all, (page) =>
      page.map((one) => ("kind" in one ? plainIssueShape(call.world, one) : issueShape(call.world, one))),
    );
  },
  "GET /repos/{owner}/{repo}/issues/comments": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "pull_requests", "read");
    const since = call.url.searchParams.get("since") ?? "";
    const threads = [...repository.pulls.values(), ...repository.issues.values()];
    const all = threads.flatMap((thread) => thread.comments.map((comment) => ({ thread, comment })));
    const seen = all
      .filter(({ comment }) => (comment.lastEdit?.at ?? comment.createdAt) >= since)
      .sort((a, b) => a.comment.id - b.comment.id);
    return paged(call, seen, (page) => page.map(({ thread, comment }) => commentShape(call.world, thread, comment)));
  },
  "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": (call) => {
    const { comment } = commentAt(call);
    demand(call.world, call.caller, repositoryAt(call), "issues", "write");
    const content = text(call.body.content) ?? "";
    const actor = actorOf(call.caller);
    const isNew = react(comment, content, actor);
    const reaction = { id: comment.id, node_id: `REA_${comment.id}`, user: userShape(call.world, actor), content };
    return ok({ ...reaction, created_at: comment.createdAt }, isNew ? 201 : 200);
  },
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}": (call) => {
    const { pull, comment } = commentAt(call);
    editComment(call.world, call.caller, pull, comment, text(call.body.body) ?? "");
    return ok(commentShape(call.world, pull, comment));
  },
  "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}": (call) => {
    const { pull, comment } = commentAt(call);
    editComment(call.world, call.caller, pull, comment, undefined);
    return ok(undefined, 204);
  },
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "pull_requests", "read");
    const issue = repository.issues.get(Number(call.at.issue_number));
    if (issue !== undefined)
      return paged(call, issue.comments, (comments) => comments.map((one) => commentShape(call.world, issue, one)));
    const pull = pullAt(call, repository);
    const seen = listed(call.world, pull, call.view)?.comments ?? [];
    return paged(call, seen, (comments) => comments.map((comment) => commentShape(call.world, pull, comment)));
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": (call) => {
    const repository = repositoryAt(call);
    const pull = repository.issues.get(Number(call.at.issue_number)) ?? pullAt(call, repository);
    return ok(
      commentShape(call.world, pull, addComment(call.world, call.caller, pull, text(call.body.body) ?? "")),
      201,
    );
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/labels": (call) => {
    const repository = repositoryAt(call);
    const pull = pullAt(call, repository);
    const names = Array.isArray(call.body.labels) ? call.body.labels.filter((name) => typeof name === "string") : [];
    demand(call.world, call.caller, repository, "pull_requests", "write");
    addLabels(
      call.world,
      call.caller,
      pull,
      names.map((name) => ensureLabel(call.world, repository, name)),
    );
    return ok(pull.labels.map((label) => labelShape(call.world, repository, label)));
  },
};

function commentAt(call: Call): { readonly pull: Pull | Issue; readonly comment: Comment } {
  const { pulls, issues } = repositoryAt(call);
  for (const pull of [...pulls.values(), ...issues.values()]) {
    const comment = pull.comments.find(({ id }) => id === Number(call.at.comment_id));
    if (comment !== undefined) return { pull, comment };
  }
  throw new Refusal("NOT_FOUND", "Not Found");
}
