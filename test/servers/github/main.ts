import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { NO_LIMITS, REAL_LIMITS } from "./limits.ts";
import { push } from "./model/people.ts";
import { issueUserToken } from "./model/sign-in.ts";
import { APP_PERMISSIONS, addAccount, addRepository, install } from "./model/world.ts";
import { startGitHub } from "./server.ts";

const USAGE = `npm run github -- [--port 4000] [--limits off|real] [--hook URL] [--files FOLDER]

Starts a GitHub on loopback that behaves as the real one, as far as RAOS uses it, with one repository made of the
fixture fleet (or FOLDER), and says how to try the bot on it. --limits real holds GitHub's published rate limits.
--hook is where webhooks go; left out, to \`raos serve\` on port 3000.`;

/** The organisation whose teams own the fixture fleet's tenants. */
const OWNER = "meridian-retail";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4000" },
    limits: { type: "string", default: "off" },
    hook: { type: "string", default: "http://127.0.0.1:3000/api/github/webhooks" },
    files: { type: "string", default: join(import.meta.dirname, "../../../fixtures/fleet") },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "raos-github-"));
  const github = await startGitHub({
    root,
    port: Number(values.port),
    hookUrl: values.hook,
    limits: values.limits === "real" ? REAL_LIMITS : NO_LIMITS,
    webhookSecret: "not-a-secret",
    slug: "raos",
  });
  const { world, url } = github;
  const organization = addAccount(world, OWNER, "Organization");
  const robin = addAccount(world, "robin", "User");
  const files = await readFolder(values.files);
  const teams = teamsIn(files);
  const collaborators = { robin: "write" } as const;
  const repository = await addRepository(world, { root, owner: OWNER, name: "fleet", collaborators, teams });
  install(world, organization, APP_PERMISSIONS);
  await push(world, repository, robin, "main", files, "The fleet");
  const keyFile = join(root, "app.private-key.pem");
  await writeFile(keyFile, world.app.privateKey, { mode: 0o600 });
  const token = issueUserToken(world, "robin");
  console.log(guide({ url, root, keyFile, token, appId: world.app.id, count: Object.keys(files).length }));
  process.once("SIGINT", () => void github.close().then(() => process.exit(0)));
  process.once("SIGTERM", () => void github.close().then(() => process.exit(0)));
}

/** The owner's teams that the files name. */
function teamsIn(files: Readonly<Record<string, string>>): readonly string[] {
  const named = Object.values(files).flatMap((text) => [...text.matchAll(/@meridian-retail\/([a-z0-9-]+)/g)]);
  return [...new Set(named.flatMap((match) => match[1] ?? []))].sort();
}

/** Every file below a folder, by its path; a folder that is not there is empty. */
async function readFolder(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length).replaceAll("\\", "/").replace(/^\/+/, "")] = await readFile(path, "utf8");
  }
  return Object.keys(files).length === 0 ? { "README.md": "# A fleet\n" } : files;
}

interface Started {
  readonly url: string;
  readonly root: string;
  readonly keyFile: string;
  readonly token: string;
  readonly appId: number;
  readonly count: number;
}

function guide({ url, root, keyFile, token, appId, count }: Started): string {
  const repo = `${url}/${OWNER}/fleet`;
  const app = `APP_ID=${appId} PRIVATE_KEY_PATH=${keyFile} GITHUB_API_URL=${url}`;
  return `A GitHub for trying things out, until Ctrl-C. Nothing here is real, secrets included.

  REST            ${url}            (also ${url}/api/v3)
  GraphQL         ${url}/graphql    (also ${url}/api/graphql)
  repository      ${repo}    ${count} files on main
  on disk         ${root}/${OWNER}/fleet.git
  GitHub App      id ${appId}, key in ${keyFile}
  webhooks        to ${values.hook}, secret not-a-secret
  a person        robin, token ${token}

One run of the bot, as the app:
  ${app} \\
    node bin/raos.js reconcile --repo ${repo}

The bot as a service, told by webhooks:
  ${app} GITHUB_SERVER_URL=${url} WEBHOOK_SECRET=not-a-secret \\
    node bin/raos.js serve

An App of your own, in place of this one (open the printed address), and what it lacks:
  node bin/raos.js app create --org ${OWNER} --github-server ${url} --output-dir ${root}/app
  ${app} GITHUB_SERVER_URL=${url} node bin/raos.js doctor

As a person:
  git clone http://robin:${token}@${url.slice("http://".length)}/${OWNER}/fleet
  curl -H 'authorization: Bearer ${token}' ${url}/repos/${OWNER}/fleet/pulls
  curl -X PUT -H 'authorization: Bearer ${token}' ${url}/repos/${OWNER}/fleet/pulls/1/merge

Make it misbehave:
  curl -d '{"kind": "status", "status": 502, "times": 3, "route": "POST /graphql", "effect": true}' ${url}/_test/faults
  curl -d '{"kind": "stale", "requests": 10, "times": 1000, "chance": 0.5}' ${url}/_test/faults    # lists lag behind
  curl -d '{"twice": 0.2, "late": 0.2, "lost": 0.1}' ${url}/_test/mischief                          # of webhooks
  curl -d '{"real": true}' ${url}/_test/limits
  curl -d '{"suspended": true}' ${url}/_test/suspend
  curl ${url}/_test/requests
`;
}
