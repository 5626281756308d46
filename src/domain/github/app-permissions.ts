/** A permission of a GitHub App that RAOS uses. */
export interface AppPermission {
  /** GitHub's name, as REST and manifests spell it. */
  readonly name: string;
  readonly level: "read" | "write";
  /** What GitHub's pages and RAOS's own texts call it. */
  readonly label: string;
  /** What does not work without it, as a sentence without its period. */
  readonly without: string;
  /** Whether RAOS cannot do its work without it; else only this feature is off. */
  readonly isEssential: boolean;
}

/**
 * Every permission that RAOS asks for, and no other: https://docs.github.com/rest/authentication/permissions-required-for-github-apps.
 * The manifest of `raos app create`, `raos doctor` and the README have this list.
 */
export const WANTED_PERMISSIONS: readonly AppPermission[] = [
  {
    name: "contents",
    level: "write",
    label: "contents",
    without: "RAOS cannot read specs or write branches",
    isEssential: true,
  },
  {
    name: "pull_requests",
    level: "write",
    label: "pull requests",
    without: "RAOS cannot open pull requests",
    isEssential: true,
  },
  {
    name: "issues",
    level: "write",
    label: "issues",
    without: "alerts without an edit, and denied changes, open no issue",
    isEssential: false,
  },
  {
    name: "checks",
    level: "write",
    label: "checks",
    without: "pull requests have no check of RAOS",
    isEssential: false,
  },
  {
    name: "deployments",
    level: "write",
    label: "deployments",
    without: "what became of merges is said on pull requests alone",
    isEssential: false,
  },
  {
    name: "members",
    level: "read",
    label: "members",
    without: "no team is asked to review",
    isEssential: false,
  },
  {
    name: "statuses",
    level: "read",
    label: "commit statuses",
    without: "what a policy accepts is not merged by itself",
    isEssential: false,
  },
  {
    name: "merge_queues",
    level: "read",
    label: "merge queues",
    without: "groups of a merge queue have no check of RAOS",
    isEssential: false,
  },
  {
    name: "metadata",
    level: "read",
    label: "metadata",
    without: "RAOS cannot see the repositories",
    isEssential: true,
  },
];

/** An event that an App subscribes to, and what comes late without it: the timer reads everything again. */
export interface AppEvent {
  readonly name: string;
  readonly label: string;
  /** The permission without which GitHub does not send it. */
  readonly permission: string;
}

/** Every event that RAOS subscribes to; `installation` and its kind are sent to every App. */
export const WANTED_EVENTS: readonly AppEvent[] = [
  { name: "push", label: "push", permission: "contents" },
  { name: "pull_request", label: "pull request", permission: "pull_requests" },
  { name: "check_run", label: "check run", permission: "checks" },
  { name: "check_suite", label: "check suite", permission: "checks" },
  { name: "merge_group", label: "merge group", permission: "merge_queues" },
  { name: "repository", label: "repository", permission: "metadata" },
  { name: "issue_comment", label: "issue comment", permission: "issues" },
  { name: "issues", label: "issues", permission: "issues" },
];

const RANK: Readonly<Record<string, number>> = { read: 1, write: 2, admin: 3 };

/** The wanted permissions that are not in these, or are there with less. */
export function missingPermissions(granted: Readonly<Record<string, string>>): readonly AppPermission[] {
  const rankOf = (level: string | undefined) => (level === undefined ? 0 : (RANK[level] ?? 0));
  return WANTED_PERMISSIONS.filter(
    ({ name, level }) => rankOf(Object.hasOwn(granted, name) ? granted[name] : undefined) < rankOf(level),
  );
}

/** The wanted events that are not among these. */
export function missingEvents(subscribed: readonly string[]): readonly AppEvent[] {
  return WANTED_EVENTS.filter(({ name }) => !subscribed.includes(name));
}
