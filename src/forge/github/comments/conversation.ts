import * as z from "zod";
import type { RequestIssue, ThreadComment } from "../../../domain/review/command.ts";
import type { Instant } from "../../../domain/values/scalars.ts";
import type { Conversation, Standing } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { readIssueEditors } from "./issue-editors.ts";

const PAGE = 100;
/** Pages of comments that are read in a pass; the next pass goes on. */
const MOST_PAGES = 20;

const Item = z.object({
  id: z.int().positive(),
  issue_url: z.string(),
  user: z.object({ login: z.string(), type: z.string() }).nullable(),
  body: z.string().nullish(),
  created_at: z.string(),
  updated_at: z.string(),
  performed_via_github_app: z.object({ id: z.int() }).nullish(),
});

const Issue = z.object({
  number: z.int().positive(),
  title: z.string(),
  body: z.string().nullish(),
  user: z.object({ login: z.string(), type: z.string() }).nullable(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])),
  pull_request: z.unknown().optional(),
  performed_via_github_app: z.object({ id: z.int() }).nullish(),
});

const Permission = z.object({ permission: z.string(), role_name: z.string() });

/** Comments of people on GitHub, and RAOS's answers to them. */
export function createConversation(client: GitHubClient, repository: RepositoryName, app: number): Conversation {
  const { owner, name: repo } = repository;
  return {
    async commentsSince(since) {
      const found: ThreadComment[] = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const items = await client.get(
          "read the comments",
          { owner, repo, since: isoOf(since), sort: "created", direction: "asc", per_page: PAGE, page } as const,
          (octokit, asked) => octokit.rest.issues.listCommentsForRepo(asked),
          z.array(Item),
        );
        found.push(...(items ?? []).flatMap((item) => commentOf(item, app)));
        if ((items ?? []).length < PAGE) break;
      }
      return found;
    },
    async labelledIssues(label) {
      const items = await client.get(
        "read the labelled issues",
        { owner, repo, labels: label, state: "open", sort: "created", direction: "asc", per_page: PAGE } as const,
        (octokit, asked) => octokit.rest.issues.listForRepo(asked),
        z.array(Issue),
      );
      return (items ?? []).flatMap((item) => requestOf(item, label));
    },
    async commentsOn(issue) {
      const found: ThreadComment[] = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const items = await client.get(
          "read an issue's comments",
          { owner, repo, issue_number: issue, per_page: PAGE, page },
          (octokit, asked) => octokit.rest.issues.listComments(asked),
          z.array(Item),
        );
        if (items === undefined) return undefined;
        found.push(...items.flatMap((item) => commentOf(item, app)));
        if (items.length < PAGE) break;
      }
      return found;
    },
    async acknowledge(comment) {
      await client.send("react to a comment", (octokit) =>
        octokit.rest.reactions.createForIssueComment({ owner, repo, comment_id: comment, content: "eyes" }),
      );
    },
    async answer(number, body) {
      await client.send("answer a comment", (octokit) =>
        octokit.rest.issues.createComment({ owner, repo, issue_number: number, body }),
      );
    },
    editorsOf: (issue) => readIssueEditors(client, repository, issue),
    async standingOf(login): Promise<Standing> {
      const found = await client.get(
        `read the permission of ${login}`,
        { owner, repo, username: login },
        (octokit, asked) => octokit.rest.repos.getCollaboratorPermissionLevel(asked),
        Permission,
      );
      // GitHub counts "maintain" as write in `permission`, and "triage" as read: docs.github.com/rest/collaborators
      if (found?.permission === "admin" || found?.permission === "write") return "may-push";
      return found?.role_name === "triage" || found?.role_name === "read" ? "may-read" : "none";
    },
  };
}

function commentOf(item: z.infer<typeof Item>, app: number): readonly ThreadComment[] {
  const number = Number(/\/issues\/(\d{1,15})$/.exec(item.issue_url)?.[1]);
  if (!(number > 0)) return [];
  return [
    {
      id: item.id,
      number,
      author: item.user?.login ?? "ghost",
      byPerson: item.user?.type === "User" && item.performed_via_github_app == null,
      isOwn: item.performed_via_github_app?.id === app && item.user?.type === "Bot",
      isEdited: item.updated_at !== item.created_at,
      body: item.body ?? "",
      at: Date.parse(item.created_at),
    },
  ];
}

function requestOf(item: z.infer<typeof Issue>, label: string): readonly RequestIssue[] {
  const names = item.labels.map((one) => (typeof one === "string" ? one : (one.name ?? "")));
  if (item.pull_request !== undefined || !names.includes(label)) return [];
  return [
    {
      number: item.number,
      author: item.user?.login ?? "ghost",
      byPerson: item.user?.type === "User" && item.performed_via_github_app == null,
      title: item.title,
      body: item.body ?? "",
    },
  ];
}

function isoOf(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
