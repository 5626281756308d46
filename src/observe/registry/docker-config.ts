import * as z from "zod";
import type { BasicAuth } from "../../domain/values/authorization.ts";

/** What Docker's configuration says about a registry. */
export type RegistryCredential =
  | { readonly kind: "none" }
  | ({ readonly kind: "basic" } & BasicAuth)
  /** A program would have to be asked, and RAOS runs none; or an identity token, which only Docker can use. */
  | { readonly kind: "not-used"; readonly why: string };

/** The credentials in a file of Docker's configuration. */
export interface DockerConfig {
  /** The credential for a repository such as `ghcr.io/acme/triage`; the longest name in `auths` that is a prefix of it counts. */
  credentialFor(repository: string): RegistryCredential;
}

const Auth = z.object({
  auth: z.string().max(16_384).optional(),
  username: z.string().max(1024).optional(),
  password: z.string().max(16_384).optional(),
  identitytoken: z.string().max(16_384).optional(),
});
const File = z.object({
  auths: z.record(z.string(), Auth).default({}),
  credHelpers: z.record(z.string(), z.string().max(256)).default({}),
  credsStore: z.string().max(256).optional(),
});

/** Reads `config.json`; undefined where it is not JSON of that shape. */
export function readDockerConfig(text: string): DockerConfig | undefined {
  const file = parse(text);
  if (file === undefined) return undefined;
  const auths = new Map(Object.entries(file.auths).map(([name, auth]) => [registryName(name), auth]));
  const helpers = new Map(Object.entries(file.credHelpers).map(([name, helper]) => [registryName(name), helper]));
  return {
    credentialFor(repository) {
      const names = prefixesOf(repository);
      const auth = names.map((name) => auths.get(name)).find((one) => one !== undefined && Object.keys(one).length > 0);
      if (auth !== undefined) return credentialIn(auth);
      const helper = names.map((name) => helpers.get(name)).find((one) => one !== undefined) ?? file.credsStore;
      if (helper === undefined) return { kind: "none" };
      return { kind: "not-used", why: `names the credential helper ${nameOfHelper(helper)}, which RAOS does not run` };
    },
  };
}

function parse(text: string): z.infer<typeof File> | undefined {
  try {
    const parsed = File.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** `https://ghcr.io/v2/` is `ghcr.io`, and Docker Hub has a name of old. */
function registryName(name: string): string {
  const bare = name.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "");
  return bare === "index.docker.io" || bare === "registry-1.docker.io" ? "docker.io" : bare;
}

/** The repository and what it is below of, the longest first. */
function prefixesOf(repository: string): readonly string[] {
  const parts = repository.split("/");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}

function credentialIn({ auth, username, password, identitytoken }: z.infer<typeof Auth>): RegistryCredential {
  if ((identitytoken ?? "") !== "")
    return { kind: "not-used", why: "has an identity token for it, which RAOS does not use" };
  const [user = "", ...rest] = Buffer.from(auth ?? "", "base64")
    .toString("utf8")
    .split(":");
  const found =
    auth === undefined
      ? { username: username ?? "", password: password ?? "" }
      : { username: user, password: rest.join(":") };
  const isWhole =
    found.username !== "" && found.password !== "" && !/\p{Cc}/u.test(`${found.username}${found.password}`);
  return isWhole ? { kind: "basic", ...found } : { kind: "not-used", why: "has no user with a password for it" };
}

function nameOfHelper(helper: string): string {
  return /^[\w.-]{1,64}$/.test(helper) ? `"${helper}"` : "it names";
}
