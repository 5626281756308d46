import { randomBytes } from "node:crypto";
import { takeRegistration } from "../apps/registration.ts";
import { actorOf, canSee } from "../model/access.ts";
import { findRepository, type Installation, type Level, type Permissions, timestamp } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { issueInstallationToken } from "../model/sign-in.ts";
import { limitHeaders } from "../reply.ts";
import { type Call, type Made, ok, paged, type Route } from "./call.ts";
import { appShape, installationShape, repositoryShape, userShape } from "./shapes.ts";

const RANK = { read: 1, write: 2, admin: 3 } as const;

function demandApp(call: Call): void {
  if (call.caller.kind !== "app") throw new Refusal("UNAUTHORIZED", "A JSON web token could not be decoded");
}

function installationAt(call: Call): Installation {
  const found = call.world.installations.get(Number(call.at.installation_id));
  if (found === undefined) throw new Refusal("NOT_FOUND", "Not Found");
  return found;
}

function installationOn(call: Call, login: string): Made {
  demandApp(call);
  const found = [...call.world.installations.values()].find(
    ({ account }) => account.login.toLowerCase() === login.toLowerCase(),
  );
  if (found === undefined) throw new Refusal("NOT_FOUND", "Not Found");
  return ok(installationShape(call.world, found));
}

/** What an app asks about itself and its installations, and the token it gets for one. */
export const appRoutes: Readonly<Record<string, Route>> = {
  "GET /app": (call) => {
    demandApp(call);
    return ok(appShape(call.world));
  },
  "GET /app/installations": (call) => {
    demandApp(call);
    return ok(
      [...call.world.installations.values()].map((installation) => installationShape(call.world, installation)),
    );
  },
  "GET /app/installations/{installation_id}": (call) => {
    demandApp(call);
    return ok(installationShape(call.world, installationAt(call)));
  },
  "GET /repos/{owner}/{repo}/installation": (call) => {
    const repository = findRepository(call.world, call.at.owner ?? "", call.at.repo ?? "");
    if (repository === undefined) throw new Refusal("NOT_FOUND", "Not Found");
    return installationOn(call, repository.owner.login);
  },
  "POST /app/installations/{installation_id}/access_tokens": (call) => {
    demandApp(call);
    const installation = installationAt(call);
    if (installation.suspendedAt !== undefined) throw new Refusal("FORBIDDEN", "This installation has been suspended");
    const permissions = narrowed(installation.permissions, call.body.permissions);
    const names = Array.isArray(call.body.repositories)
      ? call.body.repositories.filter((name) => typeof name === "string")
      : undefined;
    const ids = Array.isArray(call.body.repository_ids)
      ? call.body.repository_ids.filter((id) => typeof id === "number")
      : undefined;
    const repositories = names?.map((name) => {
      const found = findRepository(call.world, installation.account.login, name);
      if (found === undefined)
        throw new Refusal(
          "UNPROCESSABLE",
          "There is at least one repository that does not exist or is not accessible to the parent installation.",
        );
      return found.id;
    });
    const { token, expiresAt } = issueInstallationToken(
      call.world,
      call.world.app,
      installation,
      permissions,
      ids ?? repositories,
    );
    return ok(
      {
        token,
        expires_at: `${new Date(expiresAt).toISOString().slice(0, 19)}Z`,
        permissions,
        repository_selection: ids === undefined && names === undefined ? "all" : "selected",
      },
      201,
    );
  },
  "GET /installation/repositories": (call) => {
    if (call.caller.kind !== "installation")
      throw new Refusal(
        "FORBIDDEN",
        "You must authenticate with an installation access token in order to list repositories for an installation.",
      );
    const { account } = call.caller.installation;
    const seen = [...call.world.repositories.values()].filter(
      (repository) => repository.owner === account && canSee(call.world, call.caller, repository),
    );
    return paged(call, seen, (page) => ({
      total_count: seen.length,
      repositories: page.map((repository) => repositoryShape(call.world, repository)),
    }));
  },
  "GET /user": (call) => {
    if (call.caller.kind === "installation") throw new Refusal("FORBIDDEN", "Resource not accessible by integration");
    return ok({
      ...userShape(call.world, actorOf(call.caller)),
      name: null,
      company: null,
      blog: null,
      location: null,
      email: null,
      hireable: null,
      bio: null,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      created_at: timestamp(call.world),
      updated_at: timestamp(call.world),
    });
  },
  "GET /rate_limit": (call) => {
    const of = (resource: "core" | "graphql"): Readonly<Record<string, number>> =>
      call.github.limiter.spend(call.caller, resource, 0);
    const core = of("core");
    const search = { ...core, limit: 30, used: 0, remaining: 30 };
    return {
      status: 200,
      body: { resources: { core, search, graphql: of("graphql") }, rate: core },
      headers: limitHeaders(call.github.limiter.spend(call.caller, "core", 0), "core"),
    };
  },
  "POST /app-manifests/{code}/conversions": (call) => {
    const found = takeRegistration(call.world, call.at.code ?? "");
    if (found === undefined) throw new Refusal("NOT_FOUND", "Not Found");
    call.github.webhooks.hookUrl = found.hookUrl;
    const { app } = found;
    const secrets = {
      client_id: `Iv23li${app.id}`,
      client_secret: randomBytes(20).toString("hex"),
      webhook_secret: found.hookUrl === undefined ? null : app.webhookSecret,
      pem: app.privateKey,
    };
    return ok({ ...appShape(call.world), name: found.name, ...secrets }, 201);
  },
  "GET /app/hook/config": (call) => {
    demandApp(call);
    const { hookUrl } = call.github.webhooks;
    const url = hookUrl === undefined ? {} : { url: hookUrl };
    return ok({ content_type: "json", insecure_ssl: "0", secret: "********", ...url });
  },
  "GET /app/hook/deliveries": (call) => {
    demandApp(call);
    return ok(call.github.webhooks.deliveries.map(({ item }) => item).reverse());
  },
  "GET /app/hook/deliveries/{delivery_id}": (call) => {
    demandApp(call);
    const found = call.github.webhooks.deliveries.find(({ item }) => String(item.id) === call.at.delivery_id);
    if (found === undefined) throw new Refusal("NOT_FOUND", "Not Found");
    const { item, payload } = found;
    const response = { headers: {}, payload: "" };
    return ok({
      ...item,
      url: call.github.webhooks.hookUrl ?? "",
      request: { headers: {}, payload: JSON.parse(payload) },
      response,
    });
  },
  "POST /app/hook/deliveries/{delivery_id}/attempts": async (call) => {
    demandApp(call);
    const isKnown = await call.github.webhooks.redeliver(Number(call.at.delivery_id));
    if (!isKnown) throw new Refusal("NOT_FOUND", "Not Found");
    return ok({}, 202);
  },
};

function narrowed(held: Permissions, wanted: unknown): Permissions {
  if (typeof wanted !== "object" || wanted === null) return held;
  const result: Record<string, Level> = {};
  for (const [name, level] of Object.entries(wanted)) {
    const has = held[name];
    if ((level !== "read" && level !== "write" && level !== "admin") || has === undefined || RANK[has] < rankOf(level))
      throw new Refusal("UNPROCESSABLE", "The permissions requested are not granted to this installation.");
    result[name] = level;
  }
  return result;
}

const rankOf = (level: Level): number => RANK[level];
