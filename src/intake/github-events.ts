import type { Probot } from "probot";
import type { Enqueued, Trigger } from "../domain/trigger.ts";

/** Branches of the bot; pull requests from others are none of its business. */
const PREFIX = "raos/";

/** Registers what GitHub's events mean. Handlers only enqueue: GitHub waits ten seconds for the answer, and no longer. */
export function onGitHubEvents(
  app: Probot,
  ring: (event: string, trigger: Trigger | undefined) => Enqueued | undefined,
): void {
  const answer = (event: string, trigger: Trigger | undefined): void => {
    if (ring(event, trigger) === "full") throw Object.assign(new Error("the queue is full"), { status: 503 });
  };
  app.on("push", ({ payload }) => {
    const { repository, ref, installation } = payload;
    const isDefault = ref === `refs/heads/${repository.default_branch}`;
    answer(
      "push",
      isDefault ? { kind: "push", repo: repository.full_name, installation: installation?.id } : undefined,
    );
  });
  app.on(["pull_request.closed", "pull_request.reopened", "pull_request.synchronize"], ({ payload }) => {
    const { repository, pull_request: pull, installation } = payload;
    const isOurs = pull.head.ref.startsWith(PREFIX) && pull.head.repo?.full_name === repository.full_name;
    const kind = payload.action === "closed" && pull.merged ? "merge" : "pull";
    answer(
      "pull_request",
      isOurs ? { kind, repo: repository.full_name, installation: installation?.id, pull: pull.number } : undefined,
    );
  });
  app.on(["installation.created", "installation.unsuspend", "installation.new_permissions_accepted"], ({ payload }) => {
    for (const { full_name: repo } of payload.repositories ?? []) {
      answer("installation", { kind: "repository", repo, installation: payload.installation.id });
    }
  });
  app.on("installation_repositories.added", ({ payload }) => {
    for (const { full_name: repo } of payload.repositories_added) {
      answer("installation_repositories", { kind: "repository", repo, installation: payload.installation.id });
    }
  });
  app.on(
    ["repository.edited", "repository.renamed", "repository.transferred", "repository.unarchived"],
    ({ payload }) => {
      answer("repository", {
        kind: "repository",
        repo: payload.repository.full_name,
        installation: payload.installation?.id,
      });
    },
  );
}
