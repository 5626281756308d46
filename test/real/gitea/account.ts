/** An account of a Gitea, and a token of it. */
export interface GiteaAccount {
  readonly url: string;
  readonly login: string;
  readonly token: string;
}

/** Sends a request as an account; returns the answer's JSON. Throws where it is refused. */
export async function askGitea(
  { url, token }: Pick<GiteaAccount, "url" | "token">,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `token ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Everybody's password. */
export const PASSWORD = "not-a-secret-2";

/** A new account with a token for everything. */
export async function createGiteaUser(admin: GiteaAccount, login: string): Promise<GiteaAccount> {
  const email = `${login}@example.test`;
  await askGitea(admin, "POST", "/admin/users", {
    username: login,
    email,
    password: PASSWORD,
    must_change_password: false,
  });
  return { url: admin.url, login, token: await createToken(admin.url, login, ["all"]) };
}

/** A further token of an account, with some scopes. */
export async function createToken(url: string, login: string, scopes: readonly string[]): Promise<string> {
  const response = await fetch(`${url}/api/v1/users/${login}/tokens`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${login}:${PASSWORD}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      name: `token-${scopes.join("-").replaceAll(":", "-")}-${Math.floor(performance.now() * 1000)}`,
      scopes,
    }),
  });
  const answer: unknown = await response.json();
  const token: unknown = answer instanceof Object ? Reflect.get(answer, "sha1") : undefined;
  if (typeof token !== "string") throw new Error(`no token: ${response.status} ${JSON.stringify(answer)}`);
  return token;
}
