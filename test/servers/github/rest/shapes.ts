import { actorShape, type Shape } from "../graphql/types.ts";
import { type Account, type Installation, type Label, type Repository, timestamp, type World } from "../model/model.ts";
import { nodeId, refId, repositoryId } from "../model/node-ids.ts";
import { FRESH } from "../model/replica.ts";

/** Objects as REST's schemas (api.github.com's OpenAPI) describe them; the same go into webhooks. */

export function userShape(world: World, account: Account): Shape {
  const url = `${world.url}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: actorShape({ world, caller: { kind: "anonymous" }, view: FRESH }, account).id,
    avatar_url: `${world.url}/avatars/${account.id}`,
    gravatar_id: "",
    url,
    html_url:
      account.type === "Bot"
        ? `${world.url}/apps/${account.login.replace(/\[bot\]$/, "")}`
        : `${world.url}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

const TEMPLATES = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

/** The repository as lists, pull requests and webhooks hold it. */
export function repositoryShape(world: World, repository: Repository): Shape {
  const fullName = `${repository.owner.login}/${repository.name}`;
  const url = `${world.url}/repos/${fullName}`;
  const html = `${world.url}/${fullName}`;
  const openIssues = [...repository.pulls.values()].filter((pull) => pull.state === "OPEN").length;
  return {
    id: repository.id,
    node_id: repositoryId(repository),
    name: repository.name,
    full_name: fullName,
    owner: userShape(world, repository.owner),
    private: repository.isPrivate,
    visibility: repository.isPrivate ? "private" : "public",
    html_url: html,
    description: null,
    fork: repository.fork !== undefined,
    url,
    ...Object.fromEntries(Object.entries(TEMPLATES).map(([name, path]) => [name, url + path])),
    clone_url: `${html}.git`,
    git_url: `git://127.0.0.1/${fullName}.git`,
    ssh_url: `git@127.0.0.1:${fullName}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: repository.defaultBranch,
    archived: repository.isArchived,
    disabled: false,
    has_issues: true,
    has_projects: false,
    has_downloads: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: openIssues,
    open_issues_count: openIssues,
    size: 0,
    topics: repository.topics,
    is_template: false,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    pushed_at: repository.pushedAt,
  };
}

/** The repository as `GET /repos/{owner}/{repo}` answers it. */
export function fullRepositoryShape(world: World, repository: Repository): Shape {
  return {
    ...repositoryShape(world, repository),
    network_count: 0,
    subscribers_count: 0,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: true,
  };
}

/** The app, as `GET /app` and what it has done show it. */
export function appShape(world: World): Shape {
  const { app } = world;
  const owner = app.owner ?? [...world.accounts.values()].find((account) => account.type !== "Bot") ?? app.bot;
  return {
    id: app.id,
    slug: app.slug,
    node_id: `A_${app.id}`,
    owner: userShape(world, owner),
    name: app.slug,
    description: null,
    external_url: world.url,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: timestamp(world),
    updated_at: timestamp(world),
    permissions: app.permissions,
    events: app.events,
  };
}

/** Which app did it, where one did; a person without an app is null, whatever they call themselves. */
export function viaApp(world: World, author: Account): Shape | null {
  if (author !== world.app.bot) return null;
  // GitHub's description of webhooks knows no "merge_group" among the events of an App.
  return { ...appShape(world), events: world.app.events.filter((name) => name !== "merge_group") };
}

export function labelShape(world: World, repository: Repository, label: Label): Shape {
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${world.url}/repos/${repository.owner.login}/${repository.name}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: null,
    color: label.color,
    default: false,
  };
}

export function refShape(world: World, repository: Repository, ref: string, sha: string): Shape {
  const url = `${world.url}/repos/${repository.owner.login}/${repository.name}/git`;
  return {
    ref,
    node_id: refId(repository, ref),
    url: `${url}/${ref}`,
    object: { sha, type: "commit", url: `${url}/commits/${sha}` },
  };
}

export function installationShape(world: World, installation: Installation): Shape {
  const { app } = world;
  return {
    id: installation.id,
    account: userShape(world, installation.account),
    app_id: app.id,
    app_slug: app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    repository_selection: "all",
    permissions: installation.permissions,
    events: installation.events,
    access_tokens_url: `${world.url}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}${installation.account.type === "Organization" ? `/organizations/${installation.account.login}` : ""}/settings/installations/${installation.id}`,
    single_file_name: null,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    suspended_at: installation.suspendedAt ?? null,
    suspended_by: installation.suspendedAt === undefined ? null : userShape(world, installation.account),
  };
}
