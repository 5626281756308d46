import { afterEach, beforeEach, expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { push } from "../../servers/github/model/people.ts";
import { issueUserToken } from "../../servers/github/model/sign-in.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const FILES = {
  "raos.yaml": `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  chart: {path: charts/agent}
  environments: [{name: production}]
`,
  "charts/agent/Chart.yaml": "name: agent\nversion: 0.1.0\n",
  "tenants/acme.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
};
const agent = (version: string) => `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: triage, namespace: acme}
spec:
  version: ${version}
  description: Sorts
  instructions: {inline: Sort.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
`;

let fleet: Fleet;
let folder = "";
beforeEach(async () => {
  fleet = await fleetOnGitHub({ ...FILES, "agents/acme/triage.yaml": agent("1.0.0") });
  folder = temporaryFolder();
});
afterEach(() => fleet.github.close());

const run = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  raos(folder, [...args, "--repo", `${fleet.github.url}/acme/fleet`], { GITHUB_API_URL: fleet.github.url, ...env });
const asPerson = () => ({ GITHUB_TOKEN: issueUserToken(fleet.github.world, "robin") });
const asApp = (more: Readonly<Record<string, string>> = {}) => {
  const { id, privateKey } = fleet.github.world.app;
  return { APP_ID: String(id), PRIVATE_KEY: privateKey, ...more };
};
const FORMER = { RAOS_FORMER_ACCOUNTS: "robin" };

async function outcomes(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { out, err } = await run(env, "reconcile", "--output", "json");
  expect(err).toBe("");
  const read: readonly Outcome[] = JSON.parse(out);
  return read.map(({ kind, reason, pull }) => `${kind} ${reason ?? ""} #${pull?.number ?? ""}`);
}

const write = (branch: string, files: Readonly<Record<string, string>>) =>
  push(fleet.github.world, fleet.repository, fleet.person, branch, files, "A change");

test("what RAOS opened with a person's token stays its own for the App that is told of the account", async () => {
  expect(await outcomes(asPerson())).toEqual(["opened  #1"]);
  expect(await outcomes(asApp())).toEqual(["skipped not-opened-by-raos #1"]);
  expect(await outcomes(asApp(FORMER))).toEqual(["unchanged up-to-date #1"]);
  await write("main", { "agents/acme/triage.yaml": agent("2.0.0") });
  expect(await outcomes(asApp(FORMER))).toEqual(["updated content-changed #1"]);
  expect(await outcomes(asApp(FORMER))).toEqual(["unchanged up-to-date #1"]);
});

test("a person's own commit on it is theirs, told or not", async () => {
  await outcomes(asPerson());
  await write("raos/agent/acme/triage", { "mine.txt": "mine\n" });
  expect(await outcomes(asApp(FORMER))).toEqual(["skipped not-opened-by-raos #1"]);
});

test("raos pr adopt replaces it on GitHub", async () => {
  await outcomes(asPerson());
  expect(await run(asApp(), "pr", "adopt", "1")).toMatchObject({ code: 0, err: "" });
  expect(await outcomes(asApp())).toEqual(["opened  #2"]);
  expect(await outcomes(asApp())).toEqual(["unchanged up-to-date #2"]);
});

test("what is no login is refused", async () => {
  const env = asApp({ RAOS_FORMER_ACCOUNTS: "https://github.com/robin" });
  expect(await run(env, "reconcile")).toMatchObject({ code: 2, err: expect.stringContaining("RAOS_FORMER_ACCOUNTS") });
});
