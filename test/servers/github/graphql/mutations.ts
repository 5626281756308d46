import { enqueueByApi } from "../checks/merge-queue.ts";
import { commitOnBranch } from "../git/branch-commit.ts";
import { NO_OID } from "../git/git-store.ts";
import { createRef, updateRefs } from "../git/refs.ts";
import { actorOf, allows, canSee, demand } from "../model/access.ts";
import { findRepository, type Issue, type Pull, type Repository } from "../model/model.ts";
import { issueOf, partsOf, pullOf, refOf, repositoryOf, unresolved } from "../model/node-ids.ts";
import { FORBIDDEN, Refusal } from "../model/refusal.ts";
import { addComment, addLabels, ensureLabel, requestReviews } from "../pulls/comments.ts";
import { createIssue, updateIssue } from "../pulls/issues.ts";
import { mergePull } from "../pulls/merging.ts";
import { createPull, updatePull } from "../pulls/pulls.ts";
import type { Inputs } from "./inputs.ts";
import { issueShape } from "./issue.ts";
import { commentShape, pullShape } from "./pull.ts";
import { actorShape, labelShape, type RequestContext, refShape, type Shape } from "./types.ts";

type Mutations = {
  readonly [K in keyof Inputs]: (args: {
    readonly input: Inputs[K] & { readonly clientMutationId?: string | null };
  }) => Promise<Shape>;
};

/** The mutations this server runs, each as GitHub does it. Others are refused by name. */
export function mutations(asking: RequestContext): Mutations {
  const { world, caller } = asking;
  const seen = (repository: Repository, id: string): Repository => {
    if (!canSee(world, caller, repository)) throw unresolved(id);
    return repository;
  };
  const pullAt = (id: string): Pull => {
    const pull = pullOf(world, id);
    seen(pull.repository, id);
    return pull;
  };
  const issueAt = (id: string): Issue => {
    const issue = issueOf(world, id);
    seen(issue.repository, id);
    return issue;
  };
  const subjectAt = (id: string): Pull | Issue => (id.startsWith("I_") ? issueAt(id) : pullAt(id));
  const answer = (input: { readonly clientMutationId?: string | null }, shape: Shape): Shape => ({
    clientMutationId: input.clientMutationId ?? null,
    actor: () => actorShape(asking, actorOf(caller)),
    ...shape,
  });
  const withPull = (input: { readonly clientMutationId?: string | null }, pull: Pull): Shape =>
    answer(input, { pullRequest: () => pullShape(asking, pull) });
  return {
    createRef: async ({ input }) => {
      const repository = seen(repositoryOf(world, input.repositoryId), input.repositoryId);
      await createRef(world, caller, repository, input.name, input.oid);
      return answer(input, { ref: () => refShape(asking, repository, input.name) });
    },
    updateRef: async ({ input }) => {
      const { repository, ref } = refOf(world, input.refId);
      seen(repository, input.refId);
      if ((await repository.git.resolve(ref)) === undefined) throw unresolved(input.refId);
      await updateRefs(world, caller, repository, [{ ref, after: input.oid, force: input.force }]);
      return answer(input, { ref: () => refShape(asking, repository, ref) });
    },
    updateRefs: async ({ input }) => {
      const repository = seen(repositoryOf(world, input.repositoryId), input.repositoryId);
      await updateRefs(
        world,
        caller,
        repository,
        input.refUpdates.map(({ name, afterOid, beforeOid, force }) => ({
          ref: name,
          after: afterOid,
          before: beforeOid ?? undefined,
          force,
        })),
      );
      return answer(input, {});
    },
    deleteRef: async ({ input }) => {
      const { repository, ref } = refOf(world, input.refId);
      seen(repository, input.refId);
      if ((await repository.git.resolve(ref)) === undefined) throw unresolved(input.refId);
      await updateRefs(world, caller, repository, [{ ref, after: NO_OID, force: false }]);
      return answer(input, {});
    },
    createCommitOnBranch: async ({ input }) => {
      const { repository, branch } = committable(asking, input.branch);
      seen(repository, input.branch.id ?? "");
      await commitOnBranch(world, caller, repository, {
        branch,
        expectedHead: input.expectedHeadOid,
        headline: input.message.headline,
        body: input.message.body ?? undefined,
        additions: input.fileChanges?.additions ?? [],
        deletions: input.fileChanges?.deletions ?? [],
      });
      const ref = await refShape(asking, repository, `refs/heads/${branch}`);
      return answer(input, { ref, commit: ref?.target ?? null });
    },
    createPullRequest: async ({ input }) => {
      const repository = seen(repositoryOf(world, input.repositoryId), input.repositoryId);
      const headRepository = input.headRepositoryId ? repositoryOf(world, input.headRepositoryId) : undefined;
      const pull = await createPull(world, caller, repository, {
        title: input.title,
        body: input.body ?? "",
        baseRef: input.baseRefName.replace(/^refs\/heads\//, ""),
        headRef: input.headRefName,
        headRepository,
        draft: input.draft,
      });
      return withPull(input, pull);
    },
    updatePullRequest: async ({ input }) => {
      const pull = pullAt(input.pullRequestId);
      await updatePull(world, caller, pull, {
        title: input.title ?? undefined,
        body: input.body ?? undefined,
        baseRef: input.baseRefName ?? undefined,
        state: input.state ?? undefined,
      });
      return withPull(input, pull);
    },
    closePullRequest: async ({ input }) => {
      const pull = pullAt(input.pullRequestId);
      await updatePull(world, caller, pull, { state: "CLOSED" });
      return withPull(input, pull);
    },
    reopenPullRequest: async ({ input }) => {
      const pull = pullAt(input.pullRequestId);
      await updatePull(world, caller, pull, { state: "OPEN" });
      return withPull(input, pull);
    },
    mergePullRequest: async ({ input }) => {
      const pull = pullAt(input.pullRequestId);
      await mergePull(world, caller, pull, {
        expectedHead: input.expectedHeadOid ?? undefined,
        headline: input.commitHeadline ?? undefined,
        body: input.commitBody ?? undefined,
        method: input.mergeMethod,
      });
      return withPull(input, pull);
    },
    enqueuePullRequest: async ({ input }) => {
      const pull = pullAt(input.pullRequestId);
      await enqueueByApi(world, caller, pull, input.expectedHeadOid ?? undefined);
      return answer(input, { mergeQueueEntry: { id: `MQE_${pull.id}`, position: 1 } });
    },
    addComment: async ({ input }) => {
      const on = subjectAt(input.subjectId);
      const comment = addComment(world, caller, on, input.body);
      return answer(input, {
        subject: () => subjectShape(asking, on),
        commentEdge: { cursor: String(comment.id), node: () => commentShape(asking, on, comment) },
      });
    },
    createIssue: async ({ input }) => {
      const repository = seen(repositoryOf(world, input.repositoryId), input.repositoryId);
      const issue = createIssue(world, caller, repository, { title: input.title, body: input.body ?? "" });
      return answer(input, { issue: () => issueShape(asking, issue) });
    },
    updateIssue: async ({ input }) => {
      const issue = issueAt(input.id);
      updateIssue(world, caller, issue, { title: input.title ?? undefined, body: input.body ?? undefined });
      return answer(input, { issue: () => issueShape(asking, issue) });
    },
    closeIssue: async ({ input }) => {
      const issue = issueAt(input.issueId);
      updateIssue(world, caller, issue, { state: "CLOSED" });
      return answer(input, { issue: () => issueShape(asking, issue) });
    },
    createLabel: async ({ input }) => {
      const repository = seen(repositoryOf(world, input.repositoryId), input.repositoryId);
      demand(world, caller, repository, "issues", "write");
      if (repository.labels.has(input.name.toLowerCase()))
        throw new Refusal("UNPROCESSABLE", "Name has already been taken");
      return answer(input, { label: labelShape(ensureLabel(world, repository, input.name)) });
    },
    addLabelsToLabelable: async ({ input }) => {
      const on = subjectAt(input.labelableId);
      const labels = input.labelIds.map((id) => {
        const [number = ""] = partsOf(id, "LA");
        const label = [...on.repository.labels.values()].find((each) => each.id === Number(number));
        if (label === undefined) throw unresolved(id);
        return label;
      });
      addLabels(world, caller, on, labels);
      return answer(input, { labelable: () => subjectShape(asking, on) });
    },
    requestReviews: async ({ input }) => {
      const pull = pullAt(input.pullRequestId);
      const users = (input.userIds ?? []).map((id) => {
        const [number = ""] = partsOf(id, "U", "BOT");
        const user = [...world.accounts.values()].find((account) => account.id === Number(number));
        if (user === undefined) throw unresolved(id);
        return user;
      });
      const teams = (input.teamIds ?? []).map((id) => {
        const [number = ""] = partsOf(id, "T");
        const team = pull.repository.teams.find((each) => each.id === Number(number));
        if (team === undefined) throw unresolved(id);
        return team;
      });
      if (teams.length > 0 && caller.kind === "installation" && !allows(caller, pull.repository, "members", "read"))
        throw new Refusal("FORBIDDEN", FORBIDDEN);
      demand(world, caller, pull.repository, "pull_requests", "write");
      requestReviews(world, caller, pull, users, teams, input.union);
      return withPull(input, pull);
    },
  };
}

function subjectShape(asking: RequestContext, on: Pull | Issue): Shape {
  return "kind" in on ? issueShape(asking, on) : pullShape(asking, on);
}

function committable(
  asking: RequestContext,
  branch: Inputs["createCommitOnBranch"]["branch"],
): { readonly repository: Repository; readonly branch: string } {
  if (branch.id) {
    const { repository, ref } = refOf(asking.world, branch.id);
    return { repository, branch: ref.replace(/^refs\/heads\//, "") };
  }
  const [owner = "", name = ""] = (branch.repositoryNameWithOwner ?? "").split("/");
  const repository = findRepository(asking.world, owner, name);
  if (repository === undefined || !branch.branchName)
    throw new Refusal("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
  return { repository, branch: branch.branchName.replace(/^refs\/heads\//, "") };
}
