import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outcome } from "../../src/domain/decision.ts";
import { push } from "../servers/github/model/people.ts";
import { type Fleet, fleetOnGitHub } from "../servers/github/setup.ts";
import { raos } from "../support/cli/raos.ts";
import { FIXTURE_FLEET, fixtureFiles } from "../support/specs/fixture-fleet.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let fleet: Fleet;
let folder = "";

beforeEach(async () => {
  fleet = await fleetOnGitHub(fixtureFiles());
  folder = temporaryFolder();
});

afterEach(async () => {
  await fleet.github.close();
});

function credentials(): Readonly<Record<string, string>> {
  const { id, privateKey } = fleet.github.world.app;
  return { APP_ID: String(id), PRIVATE_KEY: privateKey, GITHUB_API_URL: fleet.github.url };
}

async function reconcile(): Promise<readonly Outcome[]> {
  const ran = await raos(
    folder,
    ["reconcile", "--repo", `${fleet.github.url}/acme/fleet`, "--output", "json"],
    credentials(),
  );
  expect(ran.err).toBe("");
  return JSON.parse(ran.out);
}

async function decisions(): Promise<Readonly<Record<string, number>>> {
  const ran = await raos(
    folder,
    ["plan", "--repo", `${fleet.github.url}/acme/fleet`, "--output", "json"],
    credentials(),
  );
  const counts: Record<string, number> = {};
  for (const { decision } of JSON.parse(ran.out).pulls) counts[decision] = (counts[decision] ?? 0) + 1;
  return counts;
}

/** Requests that write, since the last time this was asked. */
function writes(): number {
  return fleet.github.requests
    .splice(0)
    .filter(({ path, method, body }) =>
      path === "/graphql"
        ? JSON.parse(body).query.trimStart().startsWith("mutation")
        : method !== "GET" && !path.endsWith("/access_tokens"),
    ).length;
}

describe("raos reconcile on GitHub", () => {
  test("one pull request per agent with one write each; nothing more; and once all are merged, a fixed point", async () => {
    expect(await decisions()).toEqual({ open: 12 });
    expect(writes()).toBe(0);
    const opened = await reconcile();
    expect(opened.map((outcome) => outcome.kind)).toEqual(Array.from({ length: 12 }, () => "opened"));
    expect(opened[0]?.pull).toMatchObject({
      number: expect.any(Number),
      url: expect.stringContaining("/acme/fleet/pull/"),
      branch: expect.stringMatching(/^raos\/agent\//),
      head: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(writes()).toBe(12);
    expect((await reconcile()).map((outcome) => outcome.kind)).toEqual(Array.from({ length: 12 }, () => "unchanged"));
    expect(writes()).toBe(0);
    expect(await decisions()).toEqual({ unchanged: 12 });
    const forge = fleet.forge();
    for (const { pull } of opened.toReversed()) {
      const standing = await forge.pull(pull?.number ?? 0);
      if (standing === undefined) throw new Error("a pull request is gone");
      await forge.merge(standing);
    }
    writes();
    // Each is told once that it is watched, in a comment and, with its status, as a deployment in each of two environments; then
    // nothing is written until there is something to say.
    expect((await reconcile()).map(({ cause, reason }) => `${cause} ${reason}`)).toEqual(
      Array.from({ length: 12 }, () => "rollout verifying"),
    );
    expect(writes()).toBe(12 + 12 * 2 * 2);
    expect(await decisions()).toEqual({});
    expect((await reconcile()).map(({ kind }) => kind)).toEqual(Array.from({ length: 12 }, () => "skipped"));
    expect(writes()).toBe(0);
  });

  test("a changed spec is one update, and a person's no holds", async () => {
    await reconcile();
    writes();
    const hello = "agents/support/hello.yaml";
    const { github, repository, person } = fleet;
    await push(
      github.world,
      repository,
      person,
      "main",
      { [hello]: readFileSync(join(FIXTURE_FLEET, hello), "utf8").replace("Greet", "Warmly greet") },
      "Warmer",
    );
    const changed = (await reconcile()).filter((outcome) => outcome.kind !== "unchanged");
    expect(changed.map(({ kind, agent, reason }) => [kind, agent, reason])).toEqual([
      ["updated", "support/hello", "content-changed"],
    ]);
    expect(writes()).toBe(1);
  });

  test("a wrong credential is a sentence without it, and exit code 3", async () => {
    const ran = await raos(folder, ["reconcile", "--repo", `${fleet.github.url}/acme/fleet`], {
      GITHUB_TOKEN: "ghp_wrongwrongwrongwrongwrongwrongwrong",
      GITHUB_API_URL: fleet.github.url,
    });
    expect(ran.code).toBe(3);
    expect(ran.err).toMatch(/^raos: /);
    expect(ran.err).not.toContain("ghp_wrong");
  });

  test("without any credential it says which to set", async () => {
    const ran = await raos(folder, ["reconcile", "--repo", "https://github.com/acme/fleet"]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("GITHUB_TOKEN")]);
  });
});
