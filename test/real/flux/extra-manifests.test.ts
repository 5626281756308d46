import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { rootObjects } from "../../../src/compile/index.ts";
import { DEPLOYMENTS, deployments } from "../../support/specs/deployments.ts";
import { describeReal } from "../component.ts";
import { apiServerTools } from "../kubernetes/apiserver.ts";
import { startFlux } from "./flux-fleet.ts";

const DOCUMENT = readFileSync(resolve(import.meta.dirname, "../../../docs/agents-you-have.md"), "utf8");
const ROOT = "clusters/production/raos.yaml";
const CONFIG_MAPS = "/api/v1/namespaces/search-agents/configmaps";

/** The Kustomization that the documentation shows. */
function documented(): string {
  const [, after = ""] = DOCUMENT.split("# Flux\n");
  return after.split("---\n")[0] ?? "";
}

/** The files of `fixtures/deployments`. */
function files(): Readonly<Record<string, string>> {
  const paths = readdirSync(DEPLOYMENTS, { recursive: true, encoding: "utf8" });
  const own = paths.filter((path) => statSync(join(DEPLOYMENTS, path)).isFile());
  return Object.fromEntries(own.map((path) => [path, readFileSync(join(DEPLOYMENTS, path), "utf8")]));
}

describeReal([...apiServerTools, "kustomize-controller"], "what Flux does with manifests beside the agents", () => {
  test("applies them once the namespace is there, and takes away what people take away; RAOS' objects stay", {
    timeout: 300_000,
  }, async () => {
    const flux = await startFlux();
    const { place, server } = flux;
    const { fleet } = deployments();
    const limits = "  limits: {openPulls: 50, pullsPerHour: 100}\n";
    const own = files();
    await flux.merge({
      ...own,
      "raos.yaml": `${own["raos.yaml"]}${limits}`,
      [ROOT]: rootObjects(fleet.config).get(ROOT),
      "clusters/production/extra.yaml": documented(),
    });
    for (const path of [ROOT, "clusters/production/extra.yaml"])
      expect(await server.applyYaml(place.read(path))).toEqual([]);
    await flux.fetch(flux.head(), "True", "extra-search");
    expect(await flux.names(CONFIG_MAPS)).toContain("database-authority");
    const releases = await flux.names("/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases");
    expect(releases).toContain("search.rag");

    const beside = "extra/production/search/rag.yaml";
    const opened = await flux.merge({
      [beside]: undefined,
      "extra/production/search/other.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: search-agents}\n",
    });
    expect(opened).toBe("");
    await flux.fetch(flux.head(), "True", "extra-search");
    await expect.poll(() => flux.names(CONFIG_MAPS), { timeout: 20_000 }).not.toContain("database-authority");
    expect(await flux.names(CONFIG_MAPS)).toContain("other");
    expect(await flux.names("/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases")).toEqual(releases);
  });
});
