import { withoutTrailing } from "../values/trim.ts";
import { WANTED_EVENTS, WANTED_PERMISSIONS } from "./app-permissions.ts";

/** Where `raos serve` takes GitHub's webhooks. */
export const WEBHOOK_PATH = "/api/github/webhooks";
/** Most characters of an App's name. */
export const LONGEST_APP_NAME = 34;

/** What is registered. */
export interface AppRequest {
  readonly name: string;
  /** Page of the App's owner, which GitHub wants as its home page. */
  readonly homepage: string;
  /** Where GitHub sends the browser with the code. */
  readonly redirectUrl: string;
  /** Base of the address at which `raos serve` is reached from GitHub; undefined: no webhook yet. */
  readonly url: string | undefined;
}

/**
 * The manifest of a GitHub App, as the form of its registration takes it:
 * https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest#github-app-manifest-parameters
 */
export function appManifest({ name, homepage, redirectUrl, url }: AppRequest) {
  return {
    name,
    url: homepage,
    description: "Turns agent specs and alerts in Git into reviewed pull requests",
    public: false,
    redirect_url: redirectUrl,
    ...(url === undefined ? {} : { hook_attributes: { url: webhookAddress(url), active: true } }),
    request_oauth_on_install: false,
    setup_on_update: false,
    default_permissions: Object.fromEntries(WANTED_PERMISSIONS.map((one) => [one.name, one.level])),
    default_events: WANTED_EVENTS.map((one) => one.name),
  };
}

/** The address of the webhook below a base address, which may name it already. */
export function webhookAddress(base: string): string {
  const bare = withoutTrailing(base, "/");
  return bare.endsWith(WEBHOOK_PATH) ? bare : `${bare}${WEBHOOK_PATH}`;
}
