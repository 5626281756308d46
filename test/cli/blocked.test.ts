import { expect, test } from "vitest";
import { agent } from "../support/cli/alerting-fleet.ts";
import { fleetClone } from "../support/cli/fleet-clone.ts";
import { raos } from "../support/cli/raos.ts";

test("a person's branch in the way is a named outcome that says what to do", async () => {
  const place = fleetClone(null);
  place.commit({
    "raos.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {}\n",
    "tenants/acme.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
    "agents/acme/triage.yaml": agent("triage", { runtime: "{image: ghcr.io/acme/triage:1.0.0}" }),
  });
  place.git("push", "--quiet", "origin", "main:refs/heads/raos");
  const { out } = await raos(place.clone, ["reconcile", "--repo", place.bare]);
  expect(out).toBe(
    '  skipped   acme/triage  forge-blocked: the branch "raos" is in the way of "raos/agent/acme/triage": Git cannot have both names; rename or delete it\n',
  );
  place.git("push", "--quiet", "origin", ":refs/heads/raos");
  expect((await raos(place.clone, ["reconcile", "--repo", place.bare])).out).toContain("opened");
});
