import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from "node:crypto";
import type { App, Caller, Installation, Permissions, World } from "./model.ts";
import { Refusal } from "./refusal.ts";

/** Who sends these credentials: `Bearer`/`token` of the API, `Basic` of Git over HTTP. Throws where they are invalid or expired. */
export function signIn(world: World, authorization: string | undefined): Caller {
  if (authorization === undefined || authorization === "") return { kind: "anonymous" };
  const [scheme = "", credential = ""] = authorization.split(/ +/, 2);
  switch (scheme.toLowerCase()) {
    case "bearer":
    case "token":
      return credential.split(".").length === 3 ? appOf(world, credential) : byToken(world, credential);
    case "basic":
      return byToken(world, tokenIn(authorization));
    default:
      throw new Refusal("UNAUTHORIZED", "Bad credentials");
  }
}

/** The token in these credentials, valid or not. */
export function tokenIn(authorization: string | undefined): string {
  const [scheme = "", credential = ""] = authorization?.split(/ +/, 2) ?? [];
  if (scheme.toLowerCase() !== "basic") return credential;
  return Buffer.from(credential, "base64")
    .toString()
    .replace(/^[^:]*:/, "");
}

function byToken(world: World, token: string): Caller {
  const held = world.tokens.get(token);
  if (held === undefined || held.expiresAt <= world.now()) throw new Refusal("UNAUTHORIZED", "Bad credentials");
  if (held.caller.kind === "installation" && held.caller.installation.suspendedAt !== undefined)
    throw new Refusal("FORBIDDEN", "This installation has been suspended");
  return held.caller;
}

/** RS256 over the app's key, issued by its id, valid for at most ten minutes. */
function appOf(world: World, jwt: string): Caller {
  const { app } = world;
  const [head = "", body = "", signature = ""] = jwt.split(".");
  const payload = claims(body);
  const isSigned = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${body}`),
    app.publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned || payload === undefined || String(payload.iss) !== String(app.id))
    throw new Refusal("UNAUTHORIZED", "A JSON web token could not be decoded");
  const now = Math.floor(world.now() / 1000);
  if (payload.exp <= now)
    throw new Refusal(
      "UNAUTHORIZED",
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (payload.exp > now + 600 + 60)
    throw new Refusal("UNAUTHORIZED", "'Expiration time' claim ('exp') is too far in the future");
  if (payload.iat > now + 60)
    throw new Refusal(
      "UNAUTHORIZED",
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  return { kind: "app", app };
}

function claims(body: string): { readonly iss: unknown; readonly exp: number; readonly iat: number } | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body, "base64url").toString());
    if (typeof value !== "object" || value === null || !("iss" in value) || !("exp" in value) || !("iat" in value))
      return undefined;
    return typeof value.exp === "number" && typeof value.iat === "number"
      ? { iss: value.iss, exp: value.exp, iat: value.iat }
      : undefined;
  } catch {
    return undefined;
  }
}

let keys: { readonly privateKey: string; readonly publicKey: KeyObject } | undefined;

/** One key pair for each process that runs a test GitHub: making it takes longer than most tests. */
function keyPair(): { readonly privateKey: string; readonly publicKey: KeyObject } {
  if (keys !== undefined) return keys;
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  keys = { privateKey, publicKey: createPublicKey(privateKey) };
  return keys;
}

/** A GitHub App with a bot account. */
export function makeApp(
  id: number,
  slug: string,
  webhookSecret: string,
  asked: Pick<App, "owner" | "permissions" | "events"> = { owner: undefined, permissions: {}, events: [] },
): App {
  const botId = id + 100_000;
  const login = `${slug}[bot]`;
  const bot = {
    id: botId,
    login,
    type: "Bot",
    name: login,
    email: `${botId}+${login}@users.noreply.github.com`,
  } as const;
  return { id, slug, bot, ...keyPair(), webhookSecret, ...asked };
}

/** An installation token, good for an hour, with at most the installation's permissions. */
export function issueInstallationToken(
  world: World,
  app: App,
  installation: Installation,
  permissions: Permissions,
  repositoryIds: readonly number[] | undefined,
): { readonly token: string; readonly expiresAt: number } {
  const token = `ghs_${randomBytes(27).toString("base64url").replaceAll(/[-_]/g, "x")}`;
  const expiresAt = world.now() + 3_600_000;
  world.tokens.set(token, {
    caller: { kind: "installation", app, installation, permissions, repositoryIds, token },
    expiresAt,
  });
  return { token, expiresAt };
}

/** A person's token. */
export function issueUserToken(world: World, login: string): string {
  const user = world.accounts.get(login.toLowerCase());
  if (user === undefined) throw new Error(`no account ${login}`);
  const token = `ghp_${randomBytes(27).toString("base64url").replaceAll(/[-_]/g, "x")}`;
  world.tokens.set(token, {
    caller: { kind: "user", user, token, scopes: "repo" },
    expiresAt: Number.POSITIVE_INFINITY,
  });
  return token;
}
