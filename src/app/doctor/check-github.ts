import { webhookAddress } from "../../domain/github/app-manifest.ts";
import { type AppPermission, missingEvents, missingPermissions } from "../../domain/github/app-permissions.ts";
import { ForgeError } from "../../forge/forge.ts";
import type { AppFacts, Holder, InstallationFacts, WebhookFacts } from "../../forge/github/app/read-app.ts";
import type { GitHubAuth } from "../../forge/github/client/connection.ts";
import type { InstallationsOptions } from "../../forge/github/installations.ts";
import { OutsideError, type Shell, UsageError } from "../shell.ts";
import { authOf } from "../world/forges/github-forge.ts";
import { githubHosts } from "../world/forges/github-hosts.ts";
import { outboundFetch } from "../world/outbound-fetch.ts";
import type { Check, Finding } from "./finding.ts";

/** Whether the environment has a credential for GitHub, complete or not. */
export function hasGitHubCredential({ env }: Shell): boolean {
  return ["GITHUB_TOKEN", "APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH"].some((name) => (env[name] ?? "") !== "");
}

/** The App's options; undefined where the credential is a token, or there is none. Throws UsageError, OutsideError. */
export function appOptions(shell: Shell): InstallationsOptions | undefined {
  if (!hasGitHubCredential(shell)) return undefined;
  const auth: GitHubAuth = authOf(shell);
  if (auth.kind === "token") return undefined;
  const baseUrl = githubHosts(shell.env)[0]?.api ?? "";
  return { appId: auth.appId, privateKey: auth.privateKey, baseUrl, fetch: outboundFetch(shell.env) };
}

/** The credential, what each installation may do, and whether webhooks arrive. */
export function githubChecks(shell: Shell): readonly Check[] {
  const credential: Check = { name: "github", find: async () => [await credentialFinding(shell)] };
  if (!hasGitHubCredential(shell) || (shell.env.GITHUB_TOKEN ?? "") !== "") return [credential];
  return [
    credential,
    { name: "installations", find: () => unlessRefused(() => installationFindings(shell)) },
    { name: "webhook", find: () => unlessRefused(() => webhookFindings(shell)) },
  ];
}

/** What is found; nothing where the credential itself is wrong, which its own check says. */
export async function unlessRefused(find: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof UsageError || error instanceof OutsideError) return [];
    if (error instanceof ForgeError && error.code === "unauthorized") return [];
    throw error;
  }
}

async function credentialFinding(shell: Shell): Promise<Finding> {
  const check = "github";
  if (!hasGitHubCredential(shell))
    return {
      ...{ check, status: "off", message: "there is no credential for GitHub" },
      fix: "raos app create --org <organisation> makes a GitHub App; or set GITHUB_TOKEN",
    };
  const host = githubHosts(shell.env)[0];
  const auth = authOf(shell);
  const { readApp, readTokenOwner } = await import("../../forge/github/app/read-app.ts");
  const options = { baseUrl: host?.api ?? "", fetch: outboundFetch(shell.env) };
  try {
    if (auth.kind === "token") {
      const login = await readTokenOwner(auth.token, options);
      const whose = login === undefined ? "a token whose owner GitHub does not say" : `the token of ${login}`;
      return { check, status: "ok", message: `${host?.origin} accepts ${whose}` };
    }
    const { slug } = await readApp({ ...options, appId: auth.appId, privateKey: auth.privateKey });
    return { check, status: "ok", message: `${host?.origin} accepts the App ${slug} (${auth.appId})` };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return { check, status: "failed", message: error.message, fix: credentialFix(error, auth.kind) };
  }
}

function credentialFix({ code }: ForgeError, kind: GitHubAuth["kind"]): string {
  if (code !== "unauthorized" && code !== "not-found" && code !== "forbidden")
    return "see whether this machine reaches it: GITHUB_SERVER_URL and GITHUB_API_URL name it, HTTPS_PROXY the way";
  return kind === "token"
    ? "GITHUB_TOKEN is wrong, expired or of another GitHub (GITHUB_SERVER_URL); make a new one"
    : "APP_ID and PRIVATE_KEY do not belong together, or are of another GitHub (GITHUB_SERVER_URL); is this machine's clock right?";
}

async function installationFindings(shell: Shell): Promise<readonly Finding[]> {
  const options = appOptions(shell);
  if (options === undefined) return [];
  const { readApp, readInstallations } = await import("../../forge/github/app/read-app.ts");
  const origin = githubHosts(shell.env)[0]?.origin ?? "";
  const [app, installations] = await Promise.all([readApp(options), readInstallations(options)]);
  if (installations.length === 0)
    return [
      {
        ...{ check: "installations", status: "failed", message: `the App ${app.slug} is not installed anywhere` },
        fix: `install it: ${origin}/apps/${app.slug}/installations/new`,
      },
    ];
  return installations.flatMap((one) => findingsOf(one, app, origin));
}

function findingsOf(installation: InstallationFacts, app: AppFacts, origin: string): readonly Finding[] {
  const check = `installation ${installation.account?.login ?? installation.id}`;
  const page = `${origin}${settingsOf(installation.account)}/installations/${installation.id}`;
  if (installation.isSuspended)
    return [
      { check, status: "failed", message: "it is suspended, so RAOS does nothing there", fix: `unsuspend it: ${page}` },
    ];
  const missing = missingPermissions(installation.permissions);
  const unasked = new Set(missingPermissions(app.permissions).map(({ name }) => name));
  const appPage = `${origin}${settingsOf(app.owner)}/apps/${app.slug}/permissions`;
  const permissions = missing.map(
    (one): Finding => ({
      check,
      status: one.isEssential ? "failed" : "warning",
      message: `${sentenceOf(one)}: ${one.without}`,
      fix: unasked.has(one.name)
        ? `let the App ask for it, then accept it: ${appPage}`
        : `it waits to be accepted: ${page}/permissions/update`,
    }),
  );
  const events = missingEvents(installation.events);
  const late: readonly Finding[] =
    events.length === 0
      ? []
      : [
          {
            ...{ check, status: "warning" },
            message: `it is not sent ${events.map(({ label }) => `"${label}"`).join(", ")}: what these tell is seen on the timer only`,
            fix: `subscribe the App to them: ${appPage}`,
          },
        ];
  if (permissions.length > 0 || late.length > 0) return [...permissions, ...late];
  return [{ check, status: "ok", message: "it has every permission and event" }];
}

function sentenceOf({ label, level }: AppPermission): string {
  return `it lacks "${label}" (${level})`;
}

/** The page of an account's settings, below the web address. */
function settingsOf(holder: Holder | undefined): string {
  return holder?.isOrganization === true ? `/organizations/${holder.login}/settings` : "/settings";
}

async function webhookFindings(shell: Shell): Promise<readonly Finding[]> {
  const options = appOptions(shell);
  if (options === undefined) return [];
  const { readWebhook } = await import("../../forge/github/app/read-app.ts");
  const hook = await readWebhook(options);
  const hasSecret = (shell.env.WEBHOOK_SECRET ?? "") !== "";
  const secret: readonly Finding[] = hasSecret
    ? []
    : [
        {
          ...{
            check: "webhook",
            status: "warning",
            message: "WEBHOOK_SECRET is not set, and raos serve does not start without it",
          },
          fix: "set it to the webhook secret of the App",
        },
      ];
  return [webhookFinding(hook, shell.now()), ...secret];
}

function webhookFinding(hook: WebhookFacts, now: number): Finding {
  const check = "webhook";
  const off = { check, status: "off", message: "the App has no webhook: RAOS reads on its timer" } as const;
  if (hook.url === undefined)
    return {
      ...off,
      fix: "set it in the App's settings to the address of raos serve, such as https://bot.acme.example/api/github/webhooks",
    };
  const wrong = addressFault(hook);
  if (wrong !== undefined) return { check, ...wrong };
  const [last] = hook.deliveries;
  if (last === undefined)
    return {
      ...{
        check,
        status: "warning",
        message: `GitHub sent nothing to ${shown(hook.url)} in three days, so nobody can tell whether it arrives`,
      },
      fix: "push a commit, and look again",
    };
  const failed = new Set(hook.deliveries.map(({ guid }) => guid).filter((guid) => isLost(hook, guid))).size;
  const ago = `${Math.max(0, Math.round((now - last.at) / 60_000))} min ago`;
  if (!isGood(last.status))
    return {
      check,
      status: "failed",
      message: `the last delivery (${last.event}, ${ago}) ${outcomeOf(last.status)}`,
      fix: deliveryFix(last.status),
    };
  if (failed > 0)
    return {
      ...{
        check,
        status: "warning",
        message: `the last delivery arrived ${ago}; ${failed} of the last ${hook.deliveries.length} did not`,
      },
      fix: "RAOS reads on its timer what they told; if it goes on, see how the service and what is in front of it fare",
    };
  return {
    check,
    status: "ok",
    message: `${shown(hook.url)} took the last ${hook.deliveries.length} deliveries, the newest ${ago}`,
  };
}

function addressFault({
  url = "",
  isJson,
  isVerified,
}: WebhookFacts): Pick<Finding, "status" | "message" | "fix"> | undefined {
  const path = URL.canParse(url) ? new URL(url).pathname : undefined;
  if (path === undefined || webhookAddress(path) !== path)
    return {
      ...{ status: "failed", message: `its address ${shown(url)} is not that of raos serve` },
      fix: "let it end in /api/github/webhooks, in the App's settings",
    };
  if (!isJson)
    return {
      status: "failed",
      message: "its content type is a form's",
      fix: "choose application/json in the App's settings",
    };
  if (!isVerified)
    return {
      status: "warning",
      message: "GitHub does not verify its TLS certificate",
      fix: "turn SSL verification on in the App's settings",
    };
  return undefined;
}

/** Whether no attempt of a delivery arrived. */
function isLost({ deliveries }: WebhookFacts, guid: string): boolean {
  return !deliveries.some((one) => one.guid === guid && isGood(one.status));
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function outcomeOf(status: number): string {
  return status === 0 ? "got no answer" : `was answered ${status}`;
}

function deliveryFix(status: number): string {
  if (status === 400 || status === 401 || status === 403)
    return "WEBHOOK_SECRET is another one than the App's, or something in front of raos serve refuses GitHub";
  if (status === 404)
    return "what answers there is not raos serve; correct the address in the App's settings, or the Ingress";
  if (status === 0)
    return "is raos serve running, and can GitHub reach it: its name, its port, its certificate, a firewall?";
  return "see the log of raos serve and of what is in front of it";
}

/** Scheme, host and path: a query may hold a secret. */
function shown(url: string): string {
  if (!URL.canParse(url)) return "of its webhook";
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
