import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { push, setBranch } from "../servers/github/model/people.ts";
import { WEB_FLOW } from "../servers/github/pulls/merging.ts";
import { type Fleet, fleetOnGitHub } from "../servers/github/setup.ts";
import { raos } from "../support/cli/raos.ts";
import { githubClient, type Person } from "../support/forge/github-client.ts";
import { copyBare, payloadOf } from "./fleet.ts";
import type { ClaimedAuthor, Target } from "./target.ts";

export interface GitHubTarget extends Target {
  readonly fleet: Fleet;
  /** A person who may write to the repository, and what they ask of the API by hand. */
  readonly robin: Person;
  end(): Promise<void>;
}

/** A copy of a bare repository on a test GitHub, with the bot as an App. Every check passes, since an adversary can make theirs pass. */
export async function githubTarget(bare: string, folder: string, alerts: readonly object[]): Promise<GitHubTarget> {
  const root = join(folder, "github");
  mkdirSync(join(root, "acme"), { recursive: true });
  copyBare(bare, join(root, "acme", "fleet.git"));
  const fleet = await fleetOnGitHub(undefined, { root });
  const { github, repository, person } = fleet;
  const { world } = github;
  const robin = githubClient(github, "robin");
  const { id, privateKey } = world.app;
  const env = {
    APP_ID: String(id),
    PRIVATE_KEY: privateKey,
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: github.url,
  };
  const written = (as: ClaimedAuthor) => (as === "bot" ? { author: world.app.bot, committer: WEB_FLOW } : {});
  const done = (heard: { readonly status: number; readonly text: string }): void => {
    if (heard.status >= 300) throw new Error(`${heard.status} ${heard.text.slice(0, 300)}`);
  };
  return {
    fleet,
    robin,
    end: () => github.close(),
    resolve: (revision) => repository.git.resolve(revision),
    async pulls() {
      return [...repository.pulls.values()]
        .filter(({ state }) => state === "OPEN")
        .map(({ number, title, body, headRef, baseRef }) => ({ number, title, body, branch: headRef, base: baseRef }));
    },
    async pass() {
      for (const { head } of repository.pulls.values()) repository.checks.set(head, "SUCCESS");
      const argv = ["reconcile", "--repo", `${github.url}/acme/fleet`, "--alerts", "-", "--output", "json"];
      const ran = await raos(folder, argv, env, Date.now, payloadOf(alerts));
      return ran.out === "" ? [] : JSON.parse(ran.out);
    },
    commit: (branch, files, { as, from }) =>
      push(world, repository, person, branch, files, "A commit", {
        ...written(as),
        ...(from === undefined ? {} : { from }),
      }),
    setBranch: (branch, to) => setBranch(world, repository, person, branch, to),
    async open({ title, body, branch, base }) {
      done(await robin.rest("POST", "/pulls", { title, body, head: branch, base }));
    },
    async edit(number, change) {
      done(await robin.rest("PATCH", `/pulls/${number}`, change));
    },
  };
}
