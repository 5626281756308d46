import { webhookAddress } from "../../../domain/github/app-manifest.ts";
import { type GiteaHook, readGiteaAccess, readGiteaHooks } from "../../../forge/gitea/access/read-token.ts";
import type { Shell } from "../../shell.ts";
import type { Finding } from "../finding.ts";
import { giteaClientOf } from "./check-gitea.ts";

/** The events that `raos serve` acts on, as Gitea names them. */
export const GITEA_EVENTS: readonly string[] = [
  "push",
  "pull_request",
  "pull_request_sync",
  "issues",
  "issue_label",
  "issue_comment",
  "pull_request_comment",
  "status",
];

/** What a Gitea says of a repository: whether the token may write there, and whether a webhook rings. Throws ForgeError, UsageError. */
export async function giteaRepositoryFindings(
  shell: Shell,
  repository: string,
  check: string,
): Promise<readonly Finding[]> {
  const client = giteaClientOf(shell);
  const access = await readGiteaAccess(client, repository);
  if (access === undefined)
    return [
      {
        ...{ check, status: "failed", message: "there is no such repository, or this token may not see it" },
        fix: "give the bot's account write access to it",
      },
    ];
  if (access.archived) return [{ check, status: "off", message: "it is archived, so RAOS leaves it alone" }];
  if (!access.permissions.push)
    return [
      {
        ...{ check, status: "failed", message: "the token's account may read it, and not write" },
        fix: "give the account write access",
      },
    ];
  if (!access.has_pull_requests)
    return [
      {
        ...{ check, status: "failed", message: "pull requests are turned off there" },
        fix: "turn them on in the repository's settings, below Units",
      },
    ];
  const hooks = await readGiteaHooks(client, repository);
  return [hookFinding(hooks, `webhook ${repository}`), ...secretFindings(shell)];
}

function hookFinding(hooks: readonly GiteaHook[] | undefined, check: string): Finding {
  if (hooks === undefined)
    return {
      ...{
        check,
        status: "off",
        message: "only an administrator of the repository sees its webhooks, so nobody can tell",
      },
      fix: "make the bot's account an administrator, or see in the repository's settings whether deliveries arrive",
    };
  const ours = hooks.filter(
    ({ url }) => URL.canParse(url) && webhookAddress(new URL(url).pathname) === new URL(url).pathname,
  );
  const [hook] = ours.toSorted((a, b) => Number(b.isActive) - Number(a.isActive));
  if (hook === undefined)
    return {
      ...{
        check,
        status: "off",
        message: "the repository has none that ends in /api/github/webhooks: RAOS reads on its timer",
      },
      fix: "add one, or see whether its organisation or the server has one",
    };
  const fault = faultOf(hook);
  return fault === undefined
    ? { check, status: "ok", message: `it sends every event to ${placeOf(hook)}` }
    : { check, ...fault };
}

function faultOf(hook: GiteaHook): Omit<Finding, "check"> | undefined {
  const { isActive, isJson, events } = hook;
  if (!isActive)
    return {
      status: "failed",
      message: `the one to ${placeOf(hook)} is not active`,
      fix: "turn it on in the repository's settings",
    };
  if (!isJson)
    return {
      status: "failed",
      message: "its content type is a form's",
      fix: "choose application/json in its settings",
    };
  const missing = GITEA_EVENTS.filter((name) => !events.includes(name));
  if (missing.length === 0) return undefined;
  return {
    status: "warning",
    message: `it does not send ${missing.join(", ")}: what these tell is seen on the timer only`,
    fix: "choose them in its settings, below custom events",
  };
}

function secretFindings({ env }: Shell): readonly Finding[] {
  if ((env.WEBHOOK_SECRET ?? "") !== "") return [];
  return [
    {
      ...{ check: "webhook", status: "warning" },
      message: "WEBHOOK_SECRET is not set, and raos serve does not start without it",
      fix: "set it to the secret of the webhook",
    },
  ];
}

/** Scheme, host and path: a query may hold a secret. */
function placeOf({ url }: GiteaHook): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
