import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startDrippingHost } from "../../servers/dripping-host.ts";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { serve } from "../../support/cli/serve.ts";
import { waitFor } from "../../support/wait.ts";

/** What goes wrong with one repository stays with that one. */

const isLine = (msg: string, repo?: string) => (line: object & { readonly msg: string }) =>
  line.msg === msg && (repo === undefined || Reflect.get(line, "repo") === repo);

test("remotes that never come to an end hold up nobody, end with their deadline, and are counted", async () => {
  const place = fleetClone();
  const host = await startDrippingHost(100);
  const silent = ["one", "two", "three", "four"].map((name) => `${host}/acme/${name}`);
  const env = { WEBHOOK_SECRET: "s", GITHUB_TOKEN: "t", GITHUB_API_URL: host, GITHUB_SERVER_URL: host };
  const served = await serve(["--deadline", "15s", "--repo", ...silent, place.bare], env);
  const late = "repository not reconciled within the deadline; it is tried again later";
  await waitFor(() => served.log.find(isLine("repository reconciled", place.bare)));
  // Long before the first of them is given up.
  expect(served.log.filter(isLine(late))).toEqual([]);
  expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
  for (const repo of silent) await waitFor(() => served.log.find(isLine(late, repo)));
  const metrics = await (await fetch(`${served.url}/metrics`)).text();
  expect(metrics).toMatch(/raos_reconcile_total\{result="timed-out"\} [4-9]/);
  expect(metrics).toMatch(/raos_repositories_failing 4/);
  expect(await served.stop()).toBe(0);
}, 60_000);

function memoOf({ clone }: FleetClone): string {
  const folder = join(`${clone}.cache`, "memo");
  return join(folder, readdirSync(folder).find((one) => one.endsWith(".sqlite")) ?? "");
}

test("a memo of random bytes is built again, and no bug is reported", async () => {
  const place = fleetClone();
  const reconciled = () => raos(place.clone, ["reconcile", "--repo", place.bare]);
  expect((await reconciled()).code).toBe(0);
  const memo = memoOf(place);
  writeFileSync(
    memo,
    readFileSync(memo).map((byte, at) => (at % 13 === 0 ? byte ^ 255 : byte)),
  );
  const again = await reconciled();
  expect([again.code, again.err]).toEqual([0, expect.stringContaining("the memo was damaged")]);
  expect(again.err).not.toContain("bug");
  expect((await reconciled()).err).toBe("");
}, 60_000);
