import { expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { CONFIG, DEMO_TENANT, HELLO } from "../../support/specs/snapshot.ts";
import { describeReal } from "../component.ts";
import { pushImage } from "./push.ts";
import { startRegistry } from "./registry.ts";

const SPEC = "agents/demo/hello.yaml";

function withImage(image: string, upgrade = '{range: "^1.2"}'): string {
  return HELLO.replace(/runtime: .*/, `runtime: {image: "${image}", upgrade: ${upgrade}}`);
}

async function upgradesOf(place: FleetClone, now?: () => number): Promise<readonly Outcome[]> {
  const ran = await raos(place.clone, ["reconcile", "--repo", place.bare, "--output", "json"], {}, now);
  const outcomes: readonly Outcome[] = JSON.parse(ran.out);
  return outcomes.filter(({ cause }) => cause === "upgrade");
}

async function openPulls(
  place: FleetClone,
): Promise<
  readonly { readonly number: number; readonly title: string; readonly body: string; readonly branch: string }[]
> {
  const ran = await raos(place.clone, ["pr", "list", "--repo", place.bare, "--output", "json"]);
  return JSON.parse(ran.out);
}

async function pr(place: FleetClone, verb: string, number: number): Promise<void> {
  expect(await raos(place.clone, ["pr", verb, "--repo", place.bare, String(number)])).toMatchObject({ code: 0 });
}

/** A repository whose only agent has this image, deployed. */
async function deployed(image: string, upgrade?: string): Promise<FleetClone> {
  const place = fleetClone(null);
  const config = `${CONFIG}  chart: {oci: "oci://ghcr.io/acme/charts/agent", version: 0.1.0}\n`;
  place.commit({ "raos.yaml": config, "tenants/demo.yaml": DEMO_TENANT, [SPEC]: withImage(image, upgrade) });
  await raos(place.clone, ["reconcile", "--repo", place.bare]);
  for (const { number, branch } of await openPulls(place))
    if (branch.startsWith("raos/agent/")) await pr(place, "merge", number);
  return place;
}

describeReal("registry", "a newer image in a registry", () => {
  test("is a pull request pinned by its digest; a newer one replaces it; a broken registry changes nothing", {
    timeout: 120_000,
  }, async () => {
    const registry = await startRegistry();
    const target = { host: registry.host, repository: "acme/hello" };
    try {
      await pushImage(target, "1.2.0", { salt: "0" });
      const place = await deployed(`${registry.host}/acme/hello:1.2.0`);
      expect(await upgradesOf(place)).toEqual([]);

      const first = await pushImage(target, "1.2.1", { salt: "1", created: "2026-03-04T05:06:07Z" });
      await pushImage(target, "2.0.0", { salt: "2" });
      await pushImage(target, "1.3.0-rc.1", { salt: "3" });
      expect(await upgradesOf(place)).toMatchObject([{ kind: "opened", agent: "demo/hello" }]);
      const [pull, ...others] = await openPulls(place);
      expect(others).toEqual([]);
      expect(pull?.branch).toBe("raos/upgrade/demo/hello");
      expect(place.files("raos/upgrade/demo/hello")).toContain(SPEC);
      expect(place.git("show", `origin/raos/upgrade/demo/hello:${SPEC}`)).toContain(
        `image: "${registry.host}/acme/hello:1.2.1@${first}"`,
      );
      expect(pull?.body).toContain(first);
      expect(pull?.body).toContain("2026-03-04");
      expect(pull?.body).toContain("linux/amd64");
    } finally {
      await registry.stop();
    }
  });
});
