import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GITEA_EVENTS } from "../../../src/app/doctor/gitea/check-repository-access.ts";
import { PASSWORD } from "./account.ts";
import { startGitea } from "./gitea.ts";
import { createGiteaRepository } from "./repository.ts";

const USAGE = `npm run gitea -- [--port 4100] [--hook URL] [--files FOLDER]

Starts a real Gitea on loopback, with one repository made of the fixture fleet (or FOLDER), and says how to try the bot on it.
--hook is where its webhooks go; left out, to \`raos serve\` on port 3000. Needs: npm run tools -- --only gitea`;

const SECRET = "not-a-secret";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4100" },
    hook: { type: "string", default: "http://127.0.0.1:3000/api/github/webhooks" },
    files: { type: "string", default: join(import.meta.dirname, "../../../fixtures/fleet") },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const gitea = await startGitea(Number(values.port));
  const [robin, bot] = [await gitea.user("robin"), await gitea.user("raos-bot")];
  const repository = await createGiteaRepository(robin, bot, await readFolder(values.files));
  const config = { url: values.hook, content_type: "json", secret: SECRET };
  await repository.ask("POST", "/hooks", { type: "gitea", active: true, events: GITEA_EVENTS, config });
  console.log(`Gitea runs at ${gitea.url}: sign in as robin with the password ${PASSWORD}.

export GITEA_URL=${gitea.url} GITEA_TOKEN=${bot.token} WEBHOOK_SECRET=${SECRET}
npx raos plan --quiet --repo ${repository.address}
npx raos reconcile --repo ${repository.address}
npx raos serve                       # every repository that raos-bot may push to, told by webhooks

Its pull requests: ${repository.address}/pulls. Control-C ends it and removes all of it.`);
  const end = () =>
    void repository
      .end()
      .then(gitea.stop)
      .then(() => process.exit(0));
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}

/** The texts of a folder, by their paths. */
async function readFolder(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, "utf8")] as const),
    ),
  );
}
