import { push } from "../test/servers/github/model/people.ts";
import { APP_PERMISSIONS, addAccount, addRepository, install } from "../test/servers/github/model/world.ts";
import { startGitHub } from "../test/servers/github/server.ts";

/** A test GitHub in a process of its own, with one small repository; tells its parent where it is. */
const github = await startGitHub();
const { world } = github;
const owner = addAccount(world, "acme", "Organization");
const person = addAccount(world, "robin", "User");
const repository = await addRepository(world, { root: github.root, owner: "acme", name: "fleet" });
const installation = install(world, owner, APP_PERMISSIONS);
await push(world, repository, person, "main", { "README.md": "# A fleet\n" }, "The fleet");
process.send?.({
  url: github.url,
  appId: world.app.id,
  privateKey: world.app.privateKey,
  installationId: installation.id,
});
process.once("disconnect", () => void github.close().then(() => process.exit(0)));
