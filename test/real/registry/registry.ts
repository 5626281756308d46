import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toolPath } from "../../../tools/find.ts";
import { type Child, startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";

/** distribution's registry on loopback, as `127.0.0.1:port`. */
export interface Registry {
  readonly host: string;
  stop(): Promise<void>;
}

/** Who may read it: everybody, robin with the password "staple", or who has a token of a realm. */
export type RegistryAuth =
  | { readonly kind: "none" }
  | { readonly kind: "htpasswd" }
  | {
      readonly kind: "token";
      readonly realm: string;
      readonly service: string;
      readonly issuer: string;
      readonly jwks: string;
    };

export const ROBIN = { username: "robin", password: "staple" };
/** bcrypt of that password, cheap. */
const HTPASSWD = "robin:$2b$04$P6SCXdJMm9yBcSCqbDcxbeByomM5F196liuBZNFHLjPrcwQhhVg.q\n";

/** Starts a registry with an empty store. */
export async function startRegistry(auth: RegistryAuth = { kind: "none" }): Promise<Registry> {
  const [port = 0] = await freePorts(1);
  const folder = await temporaryFolder();
  const config = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(folder.path, "data") },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: `127.0.0.1:${port}`, secret: "only of this test" },
    auth: authIn(folder.path, auth),
  };
  // JSON is YAML.
  writeFileSync(join(folder.path, "config.yml"), JSON.stringify(config));
  const child: Child = startChild(toolPath("registry"), ["serve", join(folder.path, "config.yml")]);
  const host = `127.0.0.1:${port}`;
  await untilReady(child, "the registry", async () => (await fetch(`http://${host}/v2/`)).status < 500);
  return {
    host,
    async stop() {
      await child.stop();
      await folder.remove();
    },
  };
}

function authIn(folder: string, auth: RegistryAuth): unknown {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  switch (auth.kind) {
    case "none":
      return undefined;
    case "htpasswd":
      return { htpasswd: { realm: "test", path: file("htpasswd", HTPASSWD) } };
    case "token": {
      const { realm, service, issuer, jwks } = auth;
      return { token: { realm, service, issuer, jwks: file("jwks.json", jwks), signingalgorithms: ["ES256"] } };
    }
    default:
      return auth satisfies never;
  }
}
