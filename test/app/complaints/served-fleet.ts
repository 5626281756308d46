import { findRepository, type Pull, type Repository } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { addComment } from "../../servers/github/pulls/comments.ts";
import type { Fleet } from "../../servers/github/setup.ts";
import { type Served, serve } from "../../support/cli/serve.ts";
import { type ReviewedFleet, reviewedFleet } from "../../support/forge/reviewed-fleet.ts";
import { waitFor } from "../../support/wait.ts";

export const ALERTS_TOKEN = "alerts-token";

/** `raos serve` as the App of a fleet's GitHub, with webhooks. */
export interface ServedPeople {
  readonly served: Served;
  /** The repository `acme/fleet`, which may have been made anew. */
  now(): Repository;
  /** A commit on main. */
  change(files: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** Says it, and returns what RAOS answers; `then` happens right after it was said. */
  ask(pull: Pull, text: string, by?: string, then?: () => void): Promise<string>;
  /** The open pull request of RAOS whose branch starts with this, once there is one. */
  own(start: string): Promise<Pull>;
}

/** Starts the bot, and waits for its first pass. */
export async function serveFleet(fleet: Fleet, argv: readonly string[] = []): Promise<ServedPeople> {
  const { world, webhooks, url } = fleet.github;
  const app = { APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey, GITHUB_API_URL: url };
  const served = await serve(argv, { ...app, WEBHOOK_SECRET: world.app.webhookSecret, ALERTS_TOKEN });
  webhooks.hookUrl = `${served.url}/api/github/webhooks`;
  await waitFor(() => served.log.find(({ msg }) => msg === "repository reconciled"));
  const now = () => findRepository(world, "acme", "fleet") ?? fleet.repository;
  return {
    served,
    now,
    change: (changed) => push(world, now(), fleet.person, "main", changed, "A change"),
    async ask(pull, text, by = fleet.person.login, then = () => {}) {
      const user = world.accounts.get(by) ?? fleet.person;
      const comment = addComment(world, { kind: "user", user, token: "" }, pull, text);
      then();
      const mark = `<!-- raos:answers:${comment.id} -->`;
      const answer = await waitFor(() => pull.comments.find(({ body }) => body.includes(mark)));
      return answer.body.replace(/\s*<!--[\s\S]*-->\s*$/, "");
    },
    own: (start) =>
      waitFor(() =>
        [...now().pulls.values()].find(
          ({ state, headRef, author }) => state === "OPEN" && author.type === "Bot" && headRef.startsWith(start),
        ),
      ),
  };
}

export type ServedFleet = ReviewedFleet & ServedPeople;

/** A fleet of which nothing drifts, and the bot that serves it. `before` is done before the bot starts. */
export async function servedFleet(
  files: Readonly<Record<string, string>>,
  before: (fleet: ReviewedFleet) => void = () => {},
  argv: readonly string[] = [],
): Promise<ServedFleet> {
  const fleet = await reviewedFleet(files);
  before(fleet);
  const people = await serveFleet(fleet, argv);
  return {
    ...fleet,
    ...people,
    async close() {
      await people.served.stop();
      await fleet.close();
    },
  };
}
