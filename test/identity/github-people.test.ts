import { afterEach, beforeEach, expect, test } from "vitest";
import { createGitHubPeople, isGitHubToken } from "../../src/identity/github-people.ts";
import { type Fleet, fleetOnGitHub } from "../servers/github/setup.ts";

const TOKEN = `gho_${"a1B2".repeat(9)}`;
let fleet: Fleet;
beforeEach(async () => {
  fleet = await fleetOnGitHub({ "README.md": "Agents\n" });
  knowToken(TOKEN, "gist, repo");
});
afterEach(() => fleet.github.close());

/** A token of the person, with these scopes. */
function knowToken(token: string, scopes: string | undefined): void {
  const caller = { kind: "user", user: fleet.person, token, scopes } as const;
  fleet.github.world.tokens.set(token, { caller, expiresAt: Date.now() + 3_600_000 });
}

const asked = () => fleet.github.requests.filter(({ path }) => path === "/user").length;

test("a person is whom GitHub says the token is of; for a minute it is not asked again", async () => {
  let now = 0;
  const people = createGitHubPeople({ api: fleet.github.url, send: fetch, now: () => now });
  const scopes = { kind: "scoped", scopes: ["raos:read", "raos:write"] };
  const robin = { kind: "principal", principal: { kind: "person", login: fleet.person.login }, trusted: false, scopes };
  expect(await people(TOKEN)).toEqual(robin);
  expect(await people(TOKEN)).toEqual(robin);
  expect(asked()).toBe(1);
  now += 60_000;
  expect(await people(TOKEN)).toEqual(robin);
  expect(asked()).toBe(2);
});

test.each([
  [`ghp_${"c3D4".repeat(9)}`, "read:org, gist", { kind: "scoped", scopes: ["raos:read"] }],
  [`ghp_${"c3D4".repeat(9)}`, "", { kind: "scoped", scopes: ["raos:read"] }],
  [`github_pat_${"c3D4".repeat(10)}`, undefined, { kind: "unscoped" }],
])("the token %s of GitHub with the scopes %j holds %j", async (token, header, scopes) => {
  knowToken(token, header);
  const people = createGitHubPeople({ api: fleet.github.url, send: fetch, now: () => 0 });
  expect(await people(token)).toMatchObject({ kind: "principal", scopes });
});

test("a token that GitHub does not know, or not any more, is refused by name, and asked about again", async () => {
  const people = createGitHubPeople({ api: fleet.github.url, send: fetch, now: () => 0 });
  const unknown = { kind: "refused", reason: "unknown-token" };
  expect(await people(`gho_${"x".repeat(36)}`)).toMatchObject(unknown);
  fleet.github.world.tokens.delete(TOKEN);
  expect(await people(TOKEN)).toMatchObject(unknown);
  expect(await people(TOKEN)).toMatchObject(unknown);
  expect(asked()).toBe(3);
});

test("where GitHub cannot be reached nobody is let in, and the refusal says that it passes", async () => {
  const people = createGitHubPeople({ api: "http://127.0.0.1:9", send: fetch, now: () => 0 });
  expect(await people(TOKEN)).toMatchObject({ kind: "refused", reason: "forge-unavailable" });
});

test.each([
  [TOKEN, true],
  [`github_pat_${"a".repeat(40)}`, true],
  ["eyJhbGciOiJub25lIn0.e30.", false],
  ["token-of-robin-0123456789", false],
  [`gho_${"a".repeat(300)}`, false],
])("%s is of GitHub: %s", (token, expected) => {
  expect(isGitHubToken(token)).toBe(expected);
});
