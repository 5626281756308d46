import { createPacer, UNPACED } from "../../../src/forge/github/client/pace.ts";
import { createGitHubForge, type GitHubForge, type GitHubForgeOptions } from "../../../src/forge/github/forge.ts";
import type { Account, Caller, Installation, Repository } from "./model/model.ts";
import { push } from "./model/people.ts";
import { APP_PERMISSIONS, addAccount, addRepository, install } from "./model/world.ts";
import { type GitHubOptions, startGitHub, type TestGitHub } from "./server.ts";

export interface Fleet {
  readonly github: TestGitHub;
  readonly repository: Repository;
  readonly installation: Installation;
  readonly person: Account;
  /** The head of `main`; undefined where no files were given. */
  readonly base: string | undefined;
  /** The app's installation, for what it does without a request. */
  readonly bot: Caller;
  /** A forge that acts as the app, unpaced and quick to retry. */
  forge(options?: Partial<GitHubForgeOptions>): GitHubForge;
}

/** A GitHub with one organisation, one person in it, one repository of these files, and the app installed. */
export async function fleetOnGitHub(
  files: Readonly<Record<string, string>> | undefined,
  options: GitHubOptions = {},
): Promise<Fleet> {
  const github = await startGitHub({ checkAnswers: true, ...options });
  const { world } = github;
  const organization = addAccount(world, "acme", "Organization");
  const person = addAccount(world, "robin", "User");
  const repository = await addRepository(world, {
    root: github.root,
    owner: "acme",
    name: "fleet",
    collaborators: { robin: "write" },
    labels: ["raos"],
    teams: ["platform"],
  });
  const installation = install(world, organization, APP_PERMISSIONS);
  const base = files === undefined ? undefined : await push(world, repository, person, "main", files, "The fleet");
  const auth = {
    kind: "app",
    appId: world.app.id,
    privateKey: world.app.privateKey,
    installationId: undefined,
  } as const;
  return {
    github,
    repository,
    installation,
    person,
    base,
    bot: {
      kind: "installation",
      app: world.app,
      installation,
      permissions: installation.permissions,
      repositoryIds: undefined,
      token: "",
    },
    forge: (changed = {}) =>
      createGitHubForge({
        owner: "acme",
        name: "fleet",
        auth,
        baseUrl: github.url,
        pacer: createPacer(UNPACED),
        retryBase: 1,
        timeout: 10_000,
        ...changed,
      }),
  };
}
