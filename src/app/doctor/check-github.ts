import { type AppPermission, missingEvents, missingPermissions } from "../../domain/github/app-permissions.ts";
import { ForgeError } from "../../forge/forge.ts";
import type { AppFacts, Holder, InstallationFacts } from "../../forge/github/app/read-app.ts";
import type { GitHubAuth } from "../../forge/github/client/connection.ts";
import { OutsideError, type Shell, UsageError } from "../shell.ts";
import { authOf } from "../world/forges/github-forge.ts";
import { githubHosts } from "../world/forges/github-hosts.ts";
import { outboundFetch } from "../world/outbound-fetch.ts";
import { webhookFindings } from "./check-webhook.ts";
import type { Check, Finding } from "./finding.ts";
import { appOptions, hasGitHubCredential } from "./github-credential.ts";

/** The credential, what each installation may do, and whether webhooks arrive. */
export function githubChecks(shell: Shell): readonly Check[] {
  // Whoever works on a Gitea alone needs none.
  if (!hasGitHubCredential(shell) && (shell.env.GITEA_URL ?? "") !== "") return [];
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
