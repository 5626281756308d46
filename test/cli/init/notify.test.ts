import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { git } from "../../adversary/fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ADDRESS = "https://raos.acme.example";

/** What `raos init --notify` writes for staging in a repository whose remote is there. */
async function written(origin: string | undefined, address = ADDRESS, more: readonly string[] = []) {
  const root = temporaryFolder();
  git(root, ["init", "--quiet"]);
  if (origin !== undefined) git(root, ["remote", "add", "origin", origin]);
  const { code, out, err } = await raos(root, ["init", "--notify", address, ...more]);
  expect([code, err]).toEqual([0, ""]);
  const text = readFileSync(join(root, "clusters/staging/notifications.yaml"), "utf8");
  return { root, out, text, objects: parseAllDocuments(text).map((document): unknown => document.toJS()) };
}

test("the objects with which Flux tells RAOS, and how to apply them", async () => {
  const { objects, out } = await written("https://robot:p4ssword@github.com/acme/agents.git");
  const metadata = { name: "raos", namespace: "flux-system" };
  expect(objects).toEqual([
    {
      ...{ apiVersion: "notification.toolkit.fluxcd.io/v1beta3", kind: "Provider", metadata },
      spec: { type: "generic-hmac", address: `${ADDRESS}/api/rollouts`, secretRef: { name: "raos-rollouts" } },
    },
    {
      ...{ apiVersion: "notification.toolkit.fluxcd.io/v1beta3", kind: "Alert", metadata },
      spec: {
        providerRef: { name: "raos" },
        eventSeverity: "info",
        eventSources: [
          { kind: "Kustomization", name: "*" },
          { kind: "HelmRelease", name: "*" },
        ],
        eventMetadata: { environment: "staging", repository: "acme/agents" },
      },
    },
  ]);
  expect(out).toContain("kubectl apply -f clusters/<environment>/notifications.yaml");
});

test("the Secret goes where raos.yaml has Flux' objects", async () => {
  const root = temporaryFolder();
  const config = "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {flux: {sourceRef: {namespace: gitops}}}\n";
  writeFileSync(join(root, "raos.yaml"), config);
  const { out } = await raos(root, ["init", "--notify", ADDRESS]);
  expect(out).toContain("kubectl create secret generic raos-rollouts --namespace gitops --from-literal=token=");
});

test("a credential in the address of the remote is written nowhere", async () => {
  const { text, out } = await written("https://robot:p4ssword@github.com/acme/agents.git");
  expect(text + out).not.toMatch(/robot|p4ssword/);
});

test.each([undefined, "/srv/git/fleet.git", "../fleet"])("with %s as remote no repository is named", async (origin) => {
  expect((await written(origin)).text).not.toContain("repository:");
});

test.each([
  ["https://raos.acme.example/", "https://raos.acme.example/api/rollouts"],
  ["https://raos.acme.example/api/rollouts", "https://raos.acme.example/api/rollouts"],
  ["http://raos.raos-system.svc/bot", "http://raos.raos-system.svc/bot/api/rollouts"],
])("%s becomes %s", async (address, expected) => {
  expect((await written(undefined, address)).text).toContain(`address: ${expected}\n`);
});

test("they are written later, too, and kept where they are there", async () => {
  const root = temporaryFolder();
  const init = async (...more: readonly string[]) => (await raos(root, ["init", ...more])).out;
  expect(await init()).not.toContain("notifications");
  expect(await init("--notify", ADDRESS)).toContain("wrote clusters/production/notifications.yaml\n");
  expect(await init("--notify", ADDRESS)).toContain("kept  clusters/production/notifications.yaml\n");
});

const ARGOCD = ["--delivery", "argocd", "--repo-url", "https://github.com/acme/agents"];

test.each([
  ["raos.acme.example", [], "--notify needs the address at which RAOS is served"],
  ["ftp://raos.acme.example", [], "--notify needs the address"],
  ["https://robot:p4ssword@raos.acme.example", [], "--notify needs the address"],
  ["https://raos.acme.example/?token=x", [], "--notify needs the address"],
  [ADDRESS, ARGOCD, "for Argo CD see docs/after-the-merge.md"],
])("%s %j is refused, and nothing is written", async (address, more, why) => {
  const { code, out, err } = await raos(temporaryFolder(), ["init", "--notify", address, ...more]);
  expect([code, out, err]).toEqual([2, "", expect.stringContaining(why)]);
});
