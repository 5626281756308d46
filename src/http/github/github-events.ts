import type { Probot } from "probot";
import * as z from "zod";
import { BRANCH_PREFIX } from "../../domain/branch-name.ts";
import { REQUEST_LABEL } from "../../domain/review/command.ts";
import { tickedBoxes } from "../../domain/review/dashboard-box.ts";
import type { Enqueued, Trigger } from "../../domain/trigger.ts";
import { triggerOfPress } from "./presses.ts";

/** `owner/name` as GitHub and Gitea allow it. It becomes part of addresses and file names, so nothing else is accepted. */
const RepoName = z
  .string()
  .max(140)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*\/[A-Za-z0-9_.-]+$/)
  .refine((name) => !/\/\.{1,2}$/.test(name));
const Id = z.int().positive();
const Commit = z.string().regex(/^[0-9a-f]{40}$/);
const Installation = z.object({ id: Id });
const Push = z.object({
  ref: z.string(),
  repository: z.object({ full_name: RepoName, default_branch: z.string() }),
  installation: Installation.optional(),
});
const PullAction = z.object({
  action: z.string(),
  repository: z.object({ full_name: RepoName }),
  installation: Installation.optional(),
});
const Pull = z.object({
  pull_request: z.object({
    number: Id,
    merged: z.boolean().nullish(),
    head: z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }).nullish() }),
  }),
});
const Status = z.object({
  repository: z.object({ full_name: RepoName }),
  state: z.string(),
  /** The branches that hold the commit; Gitea does not say. */
  branches: z.array(z.object({ name: z.string() })).nullish(),
  installation: Installation.optional(),
});
const Suite = z.object({
  repository: z.object({ full_name: RepoName }),
  check_suite: z.object({ head_branch: z.string().nullable(), head_sha: Commit }),
  installation: Installation.optional(),
});
const Commented = z.object({
  repository: z.object({ full_name: RepoName }),
  comment: z.object({ body: z.string() }),
  /** Gitea does not say of which type an account is. */
  sender: z.object({ type: z.string().nullish() }),
  installation: Installation.optional(),
});
const IssueAction = z.object({
  action: z.string(),
  repository: z.object({ full_name: RepoName }),
  issue: z.object({ body: z.string().nullish(), labels: z.array(z.object({ name: z.string() })).nullish() }),
  sender: z.object({ type: z.string().nullish() }),
  installation: Installation.optional(),
});
const Given = z.object({
  installation: Installation,
  repositories: z.array(z.object({ full_name: RepoName })).optional(),
  repositories_added: z.array(z.object({ full_name: RepoName })).optional(),
});
const Changed = z.object({ repository: z.object({ full_name: RepoName }), installation: Installation.optional() });
const Named = z.object({
  repository: z.object({ full_name: RepoName, id: Id }),
  installation: Installation.optional(),
});
const Taken = z.object({
  installation: Installation,
  repositories: z.array(z.object({ full_name: RepoName })).optional(),
  repositories_removed: z.array(z.object({ full_name: RepoName })).optional(),
});

/** Actions on a pull request that change what its head is, or its end; Gitea says "synchronized". */
const MOVES: ReadonlySet<string> = new Set(["closed", "reopened", "synchronize", "synchronized"]);
/** Actions after which an issue may have a label that it had not; Gitea says "label_updated". */
const LABELS: ReadonlySet<string> = new Set(["opened", "reopened", "labeled", "label_updated"]);
const CHANGES_TEXT: ReadonlySet<string> = new Set(["opened", "edited"]);

/** Queues an event's trigger; undefined: the event needs no pass. Returns "full" where there is no room. */
export type EnqueueEvent = (event: string, trigger: Trigger | undefined) => Enqueued | undefined;

/**
 * Registers the handlers of GitHub's events, which a Gitea sends too. They only queue triggers, since GitHub waits ten seconds for an answer. Signed
 * payloads are parsed, too. The answer is 400 for a payload of another shape, and 503 where the queue is full.
 */
export function registerGitHubEvents(app: Probot, enqueue: EnqueueEvent): void {
  const answer = (event: string, trigger: Trigger | undefined): void => {
    if (enqueue(event, trigger) === "full") throw refusal(503, "the queue is full");
  };
  app.on("push", ({ payload }) => {
    const { repository, ref, installation } = parse(Push, payload);
    const isDefault = ref === `refs/heads/${repository.default_branch}`;
    const trigger = { kind: "push", repo: repository.full_name, installation: installation?.id } as const;
    answer("push", isDefault ? trigger : undefined);
  });
  app.on("pull_request", ({ payload }) => {
    const { action, repository, installation } = parse(PullAction, payload);
    const to = { repo: repository.full_name, installation: installation?.id };
    if (CHANGES_TEXT.has(action)) answer("pull_request", { kind: "review", ...to });
    if (!MOVES.has(action)) return;
    const { pull_request: pull } = parse(Pull, payload);
    const isOurs = pull.head.ref.startsWith(BRANCH_PREFIX) && pull.head.repo?.full_name === repository.full_name;
    const kind = action === "closed" && pull.merged === true ? "merge" : "pull";
    const review = action === "closed" ? undefined : ({ kind: "review", ...to } as const);
    answer("pull_request", isOurs ? { kind, ...to, pull: pull.number } : review);
  });
  app.on("merge_group.checks_requested", ({ payload }) => {
    const { repository, installation } = parse(Changed, payload);
    answer("merge_group", { kind: "review", repo: repository.full_name, installation: installation?.id });
  });
  app.on(["check_run.rerequested", "check_run.requested_action"], ({ payload }) => {
    const press = triggerOfPress(payload);
    if (press === undefined) throw refusal(400, "the payload is not of the shape that GitHub describes");
    answer("check_run", press === "none" ? undefined : press);
  });
  app.on("issue_comment.created", ({ payload }) => {
    const { repository, installation, comment, sender } = parse(Commented, payload);
    const isPerson = sender.type === "User" || sender.type === undefined || sender.type === null;
    const isLetter = isPerson && comment.body.slice(0, 65_536).toLowerCase().includes("/raos");
    const trigger = { kind: "comment", repo: repository.full_name, installation: installation?.id } as const;
    answer("issue_comment", isLetter ? trigger : undefined);
  });
  app.on("issues", ({ payload }) => {
    const { action, repository, installation, issue, sender } = parse(IssueAction, payload);
    const to = { repo: repository.full_name, installation: installation?.id };
    const isTick = action === "edited" && sender.type !== "Bot" && tickedBoxes(issue.body ?? "").length > 0;
    const isRequest = LABELS.has(action) && issue.labels?.some(({ name }) => name === REQUEST_LABEL) === true;
    answer("issues", isTick ? { kind: "tick", ...to } : isRequest ? { kind: "comment", ...to } : undefined);
  });
  app.on("check_suite.rerequested", ({ payload }) => {
    const { repository, installation, check_suite: suite } = parse(Suite, payload);
    const to = { repo: repository.full_name, installation: installation?.id };
    answer("check_suite", { kind: "review", ...to, rerun: suite.head_sha });
  });
  app.on("check_suite.completed", ({ payload }) => {
    const { repository, check_suite: suite, installation } = parse(Suite, payload);
    const trigger = { kind: "checks", repo: repository.full_name, installation: installation?.id } as const;
    answer("check_suite", suite.head_branch?.startsWith(BRANCH_PREFIX) === true ? trigger : undefined);
  });
  app.on("status", ({ payload }) => {
    const { repository, state, branches, installation } = parse(Status, payload);
    const isOurs =
      branches === undefined || branches === null || branches.some(({ name }) => name.startsWith(BRANCH_PREFIX));
    const trigger = { kind: "checks", repo: repository.full_name, installation: installation?.id } as const;
    answer("status", isOurs && state !== "pending" ? trigger : undefined);
  });
  const given = (event: string, payload: unknown): void => {
    const { installation, repositories, repositories_added } = parse(Given, payload);
    const named = repositories_added ?? repositories ?? [];
    if (named.length === 0) answer(event, undefined);
    for (const { full_name: repo } of named) answer(event, { kind: "repository", repo, installation: installation.id });
  };
  app.on(["installation.created", "installation.unsuspend", "installation.new_permissions_accepted"], ({ payload }) =>
    given("installation", payload),
  );
  app.on("installation_repositories.added", ({ payload }) => given("installation_repositories", payload));
  app.on(
    ["repository.edited", "repository.renamed", "repository.transferred", "repository.unarchived"],
    ({ payload }) => {
      const { repository, installation } = parse(Named, payload);
      const { full_name: repo, id } = repository;
      answer("repository", { kind: "repository", repo, installation: installation?.id, id });
    },
  );
  app.on(["repository.archived", "repository.deleted"], ({ payload }) => {
    const { repository, installation } = parse(Changed, payload);
    const how = payload.action === "deleted" ? "deleted" : "no-access";
    answer("repository", { kind: "gone", repo: repository.full_name, installation: installation?.id, how });
  });
  const taken = (event: string, payload: unknown): void => {
    const { installation, repositories, repositories_removed } = parse(Taken, payload);
    const named = repositories_removed ?? repositories ?? [];
    if (named.length === 0) answer(event, undefined);
    for (const { full_name: repo } of named)
      answer(event, { kind: "gone", repo, installation: installation.id, how: "no-access" });
  };
  app.on(["installation.deleted", "installation.suspend"], ({ payload }) => taken("installation", payload));
  app.on("installation_repositories.removed", ({ payload }) => taken("installation_repositories", payload));
}

function parse<T>(shape: z.ZodType<T>, payload: unknown): T {
  const parsed = shape.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw refusal(400, "the payload is not of the shape that GitHub describes");
}

function refusal(status: number, message: string): Error {
  return Object.assign(new Error(message), { status });
}
