import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";
import { describeReal } from "../component.ts";
import { startChild } from "../process/child.ts";
import { fluxTools } from "./flux.ts";

const PROGRAM = resolve(import.meta.dirname, "main.ts");

describeReal(fluxTools, "npm run cluster", () => {
  test("deploys what raos init made, says how to look at it, and ends with all that it started", {
    timeout: 300_000,
  }, async () => {
    const place = fleetClone(null);
    await raos(place.clone, ["init", "."]);
    place.commit({
      "raos.yaml": place
        .read("raos.yaml")
        .replace("- name: staging", "- {name: staging, kubernetes: {context: staging}}"),
    });
    const child = startChild(process.execPath, [PROGRAM, place.bare], {}, 60_000);
    onTestFinished(child.stop);
    const kubeconfig = await waitFor(() => {
      if (!child.runs()) throw new Error(child.log());
      return /KUBECONFIG=(\S+)/.exec(child.log())?.[1];
    }, 100);
    const cli = async (...args: readonly string[]) =>
      (await raos(place.clone, [...args, "--repo", place.bare], { KUBECONFIG: kubeconfig })).out;
    await cli("reconcile");
    await cli("pr", "merge", "1");
    const status = () => cli("status", "--environment", "staging");
    await waitUntil(async () => / staging +running /.test(await status()), 500);
    const server = /https:\/\/127\.0\.0\.1:\d+/.exec(child.log())?.[0] ?? "";
    await expect(fetch(server)).rejects.toMatchObject({ cause: { code: expect.stringMatching(/CERT|SIGNED/) } });
    await child.stop();
    await expect(fetch(server)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    expect(existsSync(kubeconfig)).toBe(false);
  });
});
