import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toolPath } from "../../../tools/find.ts";
import { ask } from "../process/ask.ts";
import { startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";
import { createGiteaUser, type GiteaAccount } from "./account.ts";

/** A Gitea on loopback, with an administrator. */
export interface Gitea {
  /** Without a slash at its end. */
  readonly url: string;
  readonly admin: GiteaAccount;
  /** A new account with a token for everything. */
  user(name: string): Promise<GiteaAccount>;
  log(): string;
  stop(): Promise<void>;
}

/** Starts a Gitea with SQLite in a temporary folder, on a free port where none is given; up in some seconds. */
export async function startGitea(wanted?: number): Promise<Gitea> {
  const folder = await temporaryFolder();
  const [port = 0] = wanted === undefined ? await freePorts(1) : [wanted];
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder.path, "app.ini");
  const program = toolPath("gitea");
  await writeFile(config, configuration(folder.path, dirname(program), port));
  const env = { HOME: folder.path, GITEA_WORK_DIR: folder.path };
  const child = startChild(program, ["web", "--config", config], env);
  await untilReady(child, "gitea", async () => (await fetch(`${url}/api/healthz`)).ok);
  const make = ["admin", "user", "create", "--config", config, "--admin", "--username", "root-admin"];
  const named = ["--password", "not-a-secret-1", "--email", "admin@example.test", "--must-change-password=false"];
  const token = ["--access-token", "--access-token-name", "all", "--access-token-scopes", "all"];
  const { ok, output } = await ask(program, [...make, ...named, ...token], { env: { ...process.env, ...env } });
  const secret = /\b[0-9a-f]{40}\b/.exec(output)?.[0];
  if (!ok || secret === undefined) throw new Error(`the administrator was not made:\n${output}`);
  const admin = { url, login: "root-admin", token: secret };
  return {
    url,
    admin,
    user: (name) => createGiteaUser(admin, name),
    log: child.log,
    stop: () => child.stop().then(folder.remove),
  };
}

/** What is slow or talks to others is off; passwords are hashed in no time, since none protects anything. */
function configuration(folder: string, data: string, port: number): string {
  return `
RUN_MODE = prod
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = ${folder}
[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
STATIC_ROOT_PATH = ${data}
DISABLE_SSH = true
OFFLINE_MODE = true
LFS_START_SERVER = false
[database]
DB_TYPE = sqlite3
PATH = ${folder}/gitea.db
SQLITE_JOURNAL_MODE = WAL
[repository]
ROOT = ${folder}/repositories
DEFAULT_BRANCH = main
[security]
INSTALL_LOCK = true
SECRET_KEY = ${randomBytes(32).toString("hex")}
PASSWORD_HASH_ALGO = pbkdf2$1$8
PASSWORD_COMPLEXITY = off
[oauth2]
ENABLED = false
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = loopback
[indexer]
ISSUE_INDEXER_TYPE = db
[cron]
ENABLED = false
[actions]
ENABLED = false
[packages]
ENABLED = false
[mailer]
ENABLED = false
[log]
MODE = console
LEVEL = Warn
`;
}
