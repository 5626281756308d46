import { RequestError } from "@octokit/request-error";
import { Octokit } from "@octokit/rest";
import * as z from "zod";
import { signalWithin } from "../../../deadline/deadline.ts";
import { ForgeError } from "../../forge.ts";
import { sameOriginFetch } from "../../same-origin-fetch.ts";
import { toForgeError } from "../client/error.ts";
import { listRestPages } from "../client/pages.ts";
import { createAppClient, type InstallationsOptions } from "../installations.ts";

const Login = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?$/);
const Levels = z.record(z.string().max(100), z.string().max(20));
const Events = z.array(z.string().max(100)).max(1000);

const AppAnswer = z.object({
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/),
  owner: z.object({ login: Login, type: z.string().max(40).optional() }).nullish(),
  permissions: Levels,
  events: Events,
});

const InstallationAnswer = z.object({
  id: z.int().positive(),
  account: z.object({ login: Login, type: z.string().max(40).optional() }).nullish(),
  suspended_at: z.string().nullish(),
  permissions: Levels,
  events: Events,
});

const HookAnswer = z.object({
  url: z.string().max(4096).nullish(),
  content_type: z.string().max(40).nullish(),
  insecure_ssl: z.union([z.string().max(4), z.number()]).nullish(),
});

const DeliveryAnswer = z.object({
  guid: z.string().max(100),
  delivered_at: z.iso.datetime({ offset: true }),
  status_code: z.int().min(0).max(999),
  event: z.string().max(100),
});

/** The account that owns an App, or has it installed. */
export interface Holder {
  readonly login: string;
  readonly isOrganization: boolean;
}

/** An App, as it is registered. */
export interface AppFacts {
  readonly slug: string;
  readonly owner: Holder | undefined;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

/** An App on an account, as its owner accepted it. */
export interface InstallationFacts {
  readonly id: number;
  readonly account: Holder | undefined;
  readonly isSuspended: boolean;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

/** An App's webhook; `url` undefined: it has none. */
export interface WebhookFacts {
  readonly url: string | undefined;
  readonly isJson: boolean;
  readonly isVerified: boolean;
  /** What GitHub sent in the last three days, newest first, at most a hundred. `status` 0: there was no answer. */
  readonly deliveries: readonly {
    readonly guid: string;
    readonly at: number;
    readonly status: number;
    readonly event: string;
  }[];
}

/** The App of a key. Throws ForgeError. */
export async function readApp(options: InstallationsOptions): Promise<AppFacts> {
  const { data } = await asked("sign in as the App", () =>
    createAppClient(options, undefined).rest.apps.getAuthenticated(),
  );
  const { slug, owner, permissions, events } = parsed(AppAnswer, data, "sign in as the App");
  return { slug, owner: holderOf(owner), permissions, events };
}

/** Every installation of the App, suspended ones included. Throws ForgeError. */
export async function readInstallations(options: InstallationsOptions): Promise<readonly InstallationFacts[]> {
  const doing = "list the App's installations";
  const { rest } = createAppClient(options, undefined);
  const { items, error } = await listRestPages(rest.apps.listInstallations, (data) => data);
  if (error !== undefined) throw toForgeError(error, doing);
  return parsed(z.array(InstallationAnswer), items, doing).map((one) => ({
    id: one.id,
    account: holderOf(one.account),
    isSuspended: one.suspended_at !== null && one.suspended_at !== undefined,
    permissions: one.permissions,
    events: one.events,
  }));
}

/** The App's webhook and its last deliveries. Throws ForgeError. */
export async function readWebhook(options: InstallationsOptions): Promise<WebhookFacts> {
  const { rest } = createAppClient(options, undefined);
  const doing = "read the App's webhook";
  const [config, sent] = await asked(doing, () =>
    Promise.all([rest.apps.getWebhookConfigForApp(), rest.apps.listWebhookDeliveries({ per_page: 100 })]),
  );
  const hook = parsed(HookAnswer, config.data, doing);
  const deliveries = parsed(z.array(DeliveryAnswer), sent.data, doing).map((one) => {
    return { guid: one.guid, at: Date.parse(one.delivered_at), status: one.status_code, event: one.event };
  });
  return {
    url: hook.url === null || hook.url === "" ? undefined : hook.url,
    isJson: hook.content_type === "json",
    isVerified: String(hook.insecure_ssl ?? "0") === "0",
    deliveries: deliveries.toSorted((a, b) => b.at - a.at),
  };
}

/** Whose a token is; undefined where GitHub accepts it and does not say, as for an installation's. Throws ForgeError. */
export async function readTokenOwner(
  token: string,
  { baseUrl, fetch: send }: Pick<InstallationsOptions, "baseUrl" | "fetch">,
): Promise<string | undefined> {
  const silent = (): void => {};
  const octokit = new Octokit({
    ...{ baseUrl, auth: token, userAgent: "raos" },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: {
      fetch: (target: string, init: RequestInit) =>
        sameOriginFetch(target, { ...init, signal: signalWithin(10_000, init.signal) }, send),
    },
  });
  const doing = "ask who signs in";
  const found = await octokit.rest.users.getAuthenticated().catch((error: unknown) => {
    if (error instanceof RequestError && error.status === 403 && /not accessible/i.test(error.message))
      return undefined;
    throw toForgeError(error, doing);
  });
  return found === undefined ? undefined : parsed(z.object({ login: Login }), found.data, doing).login;
}

function holderOf(
  account: { readonly login: string; readonly type?: string | undefined } | null | undefined,
): Holder | undefined {
  return account === null || account === undefined
    ? undefined
    : { login: account.login, isOrganization: account.type === "Organization" };
}

async function asked<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toForgeError(error, doing);
  }
}

function parsed<T>(shape: z.ZodType<T>, data: unknown, doing: string): T {
  const found = shape.safeParse(data);
  if (!found.success) throw new ForgeError("unavailable", `${doing}: GitHub's answer has another shape`);
  return found.data;
}
