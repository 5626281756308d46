import * as z from "zod";
import type { RequestIssue, ThreadComment } from "../../../domain/review/command.ts";
import { type Conversation, ForgeError, type Standing } from "../../forge.ts";
import { listPages } from "../client/pages.ts";
import { type GiteaContext, GiteaUser, readRepositoryFacts, refuseAbsent } from "../context.ts";
import { writeComment } from "./write-comment.ts";

/** Pages of comments that are read in a pass. */
const MOST_PAGES = 20;
/** Pages of issues with a label: a hundred issues. */
const MOST_LABELLED = 2;

const Comment = z.object({
  id: z.int().positive(),
  /** The page of the issue, or of the pull request; the other one is "". */
  issue_url: z.string(),
  pull_request_url: z.string(),
  user: GiteaUser.nullable(),
  body: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});

const LabelledIssue = z.object({
  number: z.int().positive(),
  title: z.string(),
  body: z.string().nullish(),
  user: GiteaUser.nullable(),
  labels: z.array(z.object({ name: z.string() })).nullish(),
  pull_request: z.unknown().optional(),
});

const Permission = z.object({ permission: z.string() });

/**
 * Comments of people on a Gitea, and RAOS's answers to them. Gitea does not tell programs from people, so every account but the
 * bot's own counts as a person.
 */
export function createGiteaConversation(context: GiteaContext): Conversation {
  const { client, path, warn } = context;
  return {
    async commentsSince(since) {
      const { id } = await context.account();
      const { items } = await listPages(client, {
        doing: "read the comments",
        path: `${path}/issues/comments`,
        query: { since: new Date(since).toISOString() },
        shape: Comment,
        most: MOST_PAGES,
        absent: () => refuseAbsent("list of comments"),
      });
      return items.flatMap((item) => commentOf(item, id)).toSorted((a, b) => a.at - b.at || a.id - b.id);
    },
    async labelledIssues(label) {
      const { id } = await context.account();
      const { items } = await listPages(client, {
        doing: "read the labelled issues",
        path: `${path}/issues`,
        query: { type: "issues", state: "open", labels: label },
        shape: LabelledIssue,
        most: MOST_LABELLED,
        // Where issues are turned off there are none.
        absent: async () => void (await readRepositoryFacts(context)),
      });
      return items.flatMap((item) => requestOf(item, label, id)).toSorted((a, b) => a.number - b.number);
    },
    async commentsOn(issue) {
      const { id } = await context.account();
      let isThere = true;
      const { items } = await listPages(client, {
        doing: "read an issue's comments",
        path: `${path}/issues/${issue}/comments`,
        query: {},
        shape: Comment,
        most: MOST_PAGES,
        absent: async () => {
          isThere = false;
        },
      });
      return isThere ? items.flatMap((item) => commentOf(item, id)) : undefined;
    },
    async acknowledge(comment) {
      const request = { method: "POST" as const, path: `${path}/issues/comments/${comment}/reactions` };
      const written = await client.write("react to a comment", { ...request, body: { content: "eyes" } }, z.unknown());
      // The conversation may be locked, or the comment gone; the answer says the rest.
      if (written.kind === "lost") throw written.error;
    },
    answer: (number, body) => writeComment(context, number, body),
    // Gitea's API has no history of a text.
    editorsOf: async () => undefined,
    async standingOf(login): Promise<Standing> {
      try {
        const asked = `${path}/collaborators/${encodeURIComponent(login)}/permission`;
        const found = await client.get(`read the permission of ${login}`, asked, Permission);
        return STANDINGS[found?.permission ?? ""] ?? "none";
      } catch (error) {
        if (!(error instanceof ForgeError) || error.code !== "forbidden") throw error;
        warn({ login }, "the bot's account may not look up who may push: make it an administrator of the repository");
        return "may-read";
      }
    },
  };
}

/** Access modes: modules/perm/access_mode.go. */
const STANDINGS: Readonly<Record<string, Standing>> = {
  owner: "may-push",
  admin: "may-push",
  write: "may-push",
  read: "may-read",
};

function commentOf(item: z.infer<typeof Comment>, account: number): readonly ThreadComment[] {
  const address = item.pull_request_url === "" ? item.issue_url : item.pull_request_url;
  const number = Number(/\/(?:issues|pulls)\/(\d{1,15})$/.exec(address)?.[1]);
  if (!(number > 0)) return [];
  const isOwn = item.user?.id === account;
  return [
    {
      id: item.id,
      number,
      author: item.user?.login ?? "ghost",
      byPerson: item.user !== null && item.user.id > 0 && !isOwn,
      isOwn,
      isEdited: item.updated_at !== item.created_at,
      body: item.body,
      at: Date.parse(item.created_at),
    },
  ];
}

function requestOf(item: z.infer<typeof LabelledIssue>, label: string, account: number): readonly RequestIssue[] {
  const { number, title, body, user, labels, pull_request: pull } = item;
  // Gitea shows all issues where it does not know the label.
  const isLabelled = labels?.some(({ name }) => name === label) === true;
  if (!isLabelled || (pull !== null && pull !== undefined)) return [];
  const byPerson = user !== null && user.id > 0 && user.id !== account;
  return [{ number, author: user?.login ?? "ghost", byPerson, title, body: body ?? "" }];
}
