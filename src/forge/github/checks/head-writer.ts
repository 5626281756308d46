import { ForgeError, type HeadWriter } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { faultOfPart, parts, write } from "../write.ts";

/** Writes to people's pull requests on GitHub: commits that GitHub signs, and only on the head that was looked at. */
export function createHeadWriter(client: GitHubClient, repository: RepositoryName): HeadWriter {
  const { owner, name: repo } = repository;
  return {
    async commit({ pull, branch, head }, files, message) {
      const doing = `commit to #${pull ?? 0}`;
      if (branch === undefined) throw new ForgeError("forbidden", `${doing}: the branch is in a fork`);
      const commit = parts.commit(repository, branch, head, { commitMessage: message, files }, undefined);
      const written = await write(client, doing, { commit });
      // The next pass sees whether the branch has moved.
      if (written.kind === "lost") throw new ForgeError("unavailable", `${doing}: ${written.message}`);
      const fault = faultOfPart(written, "commit", doing);
      if (fault !== undefined) throw fault;
    },
    async catchUp({ pull, head }) {
      if (pull === undefined) throw new ForgeError("forbidden", "a group of the merge queue is GitHub's own");
      await client.send(`update the branch of #${pull}`, (octokit) =>
        octokit.rest.pulls.updateBranch({ owner, repo, pull_number: pull, expected_head_sha: head }),
      );
    },
  };
}
