import { afterEach, beforeEach, expect, test } from "vitest";
import { type Opened, openWorld } from "../../src/app/world/open-world.ts";
import type { Forge } from "../../src/forge/forge.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import type { Repository } from "../servers/github/model/model.ts";
import { push } from "../servers/github/model/people.ts";
import { addRepository } from "../servers/github/model/world.ts";
import { type Fleet, fleetOnGitHub } from "../servers/github/setup.ts";
import { shellFor } from "../support/cli/raos.ts";
import { UNCONFIGURED } from "../support/forge/unconfigured.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let fleet: Fleet;
let fork: Repository;
let opened: Opened<Forge>;
beforeEach(async () => {
  fleet = await fleetOnGitHub(UNCONFIGURED);
  const { world, url, root } = fleet.github;
  fork = await addRepository(world, { root, owner: "acme", name: "copy", fork: fleet.repository });
  await push(world, fork, fleet.person, "main", UNCONFIGURED, "The fleet");
  const env = { APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey, GITHUB_API_URL: url };
  opened = await openWorld(shellFor(temporaryFolder(), Date.now, env), `${url}/acme/copy`);
});
afterEach(async () => {
  await opened.close();
  await fleet.github.close();
});

const outcomes = async () => (await reconcile(opened.world)).map(({ kind, reason }) => [kind, reason]);

test("a fork of a repository with agents is not asked for a configuration; with one of its own it is served", async () => {
  expect(await outcomes()).toEqual([["skipped", "fork-without-configuration"]]);
  expect(fork.pulls.size).toBe(0);
  const config = "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {environments: [{name: production}]}\n";
  const tenant = "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n";
  const files = { "raos.yaml": config, "tenants/acme.yaml": tenant };
  await push(fleet.github.world, fork, fleet.person, "main", files, "Use RAOS here");
  expect((await outcomes()).map(([kind]) => kind)).toEqual(["opened", "opened"]);
});

test("an archived repository is left alone", async () => {
  fork.isArchived = true;
  fleet.github.requests.splice(0);
  expect(await outcomes()).toEqual([["skipped", "repository-is-archived"]]);
  expect(
    fleet.github.requests.filter(({ method, path }) => method !== "GET" && !path.includes("access_tokens")),
  ).toEqual([]);
});
