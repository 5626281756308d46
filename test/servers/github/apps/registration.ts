import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type Account, newId, type Permissions, type Registration, type World } from "../model/model.ts";
import { makeApp } from "../model/sign-in.ts";
import { operations } from "../rest/openapi.ts";

/** Milliseconds for which a code is good. */
const HOUR = 3_600_000;

/** docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest#github-app-manifest-parameters */
const Manifest = z.strictObject({
  name: z.string().min(1, "Name can't be blank").max(34, "Name is too long (maximum is 34 characters)"),
  url: z.url({ protocol: /^https?$/, error: "Url must be a valid URL" }),
  hook_attributes: z
    .strictObject({
      url: z.url({ protocol: /^https?$/, error: "Hook url must be a valid URL" }),
      active: z.boolean().default(true),
    })
    .optional(),
  redirect_url: z.url({ protocol: /^https?$/, error: "Redirect url must be a valid URL" }),
  callback_urls: z.array(z.url()).max(10).optional(),
  setup_url: z.url().optional(),
  description: z.string().max(10_000).optional(),
  public: z.boolean().optional(),
  default_events: z.array(z.string()).optional(),
  default_permissions: z.record(z.string(), z.enum(["read", "write", "admin"])).optional(),
  request_oauth_on_install: z.boolean().optional(),
  setup_on_update: z.boolean().optional(),
});
type Manifest = z.infer<typeof Manifest>;

/** Which permission an event needs: docs.github.com/webhooks/webhook-events-and-payloads. */
const NEEDED: Readonly<Record<string, string>> = {
  ...{ push: "contents", delete: "contents", create: "contents" },
  ...{ pull_request: "pull_requests", pull_request_review: "pull_requests" },
  ...{ check_run: "checks", check_suite: "checks", status: "statuses", merge_group: "merge_queues" },
  ...{ issues: "issues", issue_comment: "issues", repository: "metadata", deployment_status: "deployments" },
  ...{ membership: "members", team: "members", organization: "members" },
};

/** A manifest that GitHub takes, or what its page says is wrong with it. */
export type ManifestReading =
  | { readonly kind: "manifest"; readonly manifest: Manifest }
  | { readonly kind: "wrong"; readonly reasons: readonly string[] };

/** Reads a manifest as the page of new Apps does. */
export function readManifest(world: World, text: string): ManifestReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: "wrong", reasons: ["The manifest is not JSON"] };
  }
  const parsed = Manifest.safeParse(json);
  if (!parsed.success)
    return { kind: "wrong", reasons: parsed.error.issues.map((one) => `${one.path.join(".")}: ${one.message}`) };
  const manifest = parsed.data;
  const { default_permissions: permissions = {}, default_events: events = [], hook_attributes: hook } = manifest;
  const known = operations().checkSchema("app-permissions", permissions);
  const wrong = Object.keys(permissions).filter((name) => !KNOWN_PERMISSIONS.has(name));
  const unsupported = events.filter((name) => permissions[NEEDED[name] ?? ""] === undefined);
  const host = hook === undefined ? "" : new URL(hook.url).hostname;
  const reasons = [
    ...(known === undefined ? [] : [`Default permissions: ${known}`]),
    ...(wrong.length === 0 ? [] : [`Default permission records resource is not included in the list: ${wrong.join()}`]),
    ...(unsupported.length === 0 ? [] : [`Default events unsupported: ${unsupported.join(", ")}`]),
    ...(/^(localhost|127\.|\[::1\])/.test(host)
      ? [`Hook url is not supported because it isn't reachable over the public Internet (${host})`]
      : []),
    ...(isTaken(world, manifest.name) ? ["Name is already taken"] : []),
  ];
  return reasons.length === 0 ? { kind: "manifest", manifest } : { kind: "wrong", reasons };
}

const KNOWN_PERMISSIONS: ReadonlySet<string> = new Set(
  "actions administration checks contents deployments environments issues members merge_queues metadata packages pages pull_requests secrets security_events single_file statuses workflows organization_administration organization_hooks".split(
    " ",
  ),
);

const slugOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

function isTaken(world: World, name: string): boolean {
  const slug = slugOf(name);
  return world.app.slug === slug || [...world.registrations.values()].some(({ app }) => app.slug === slug);
}

/** Registers an App; the code that its credentials are fetched with. */
export function register(world: World, owner: Account, manifest: Manifest, name: string): string {
  const code = randomBytes(20).toString("hex");
  const permissions: Permissions = { metadata: "read", ...manifest.default_permissions };
  const events = manifest.default_events ?? [];
  const app = makeApp(newId(world), slugOf(name), randomBytes(20).toString("hex"), { owner, permissions, events });
  const { hook_attributes: hook } = manifest;
  world.registrations.set(code, { app, name, hookUrl: hook?.url, at: world.now() });
  return code;
}

/** The registration of a code, which becomes this GitHub's App; undefined where the code was used, is old, or is none. */
export function takeRegistration(world: World, code: string): Registration | undefined {
  const found = world.registrations.get(code);
  world.registrations.delete(code);
  if (found === undefined || world.now() - found.at > HOUR) return undefined;
  world.app = found.app;
  world.accounts.set(found.app.bot.login.toLowerCase(), found.app.bot);
  return found;
}
