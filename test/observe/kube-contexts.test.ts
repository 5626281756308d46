import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { createRemoteServices } from "../../src/app/world/remote-services.ts";
import { Config } from "../../src/domain/kinds/config.ts";
import { createAuthority } from "../servers/certificates.ts";
import { closeServer, listenOnLoopback } from "../servers/listen.ts";
import { json } from "../servers/loopback.ts";
import { shellFor } from "../support/cli/raos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** The pods that each environment's reader finds: the name that the cluster's API server gives, or why none. */
async function podsOf(environments: readonly object[], contexts: readonly string[], names: readonly string[]) {
  const authority = createAuthority("kubernetes");
  const servers = await Promise.all(
    contexts.map(async (name) => {
      const server = createServer(authority.issue(name), (_, response) => {
        const items = [{ metadata: { name: `pod-of-${name}` }, status: { phase: "Running" } }];
        json(response, { kind: "PodList", apiVersion: "v1", metadata: {}, items });
      });
      onTestFinished(() => closeServer(server));
      return (await listenOnLoopback(server)).replace("http:", "https:");
    }),
  );
  const ca = Buffer.from(authority.ca).toString("base64");
  const file = join(temporaryFolder(), "config");
  writeFileSync(
    file,
    stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": contexts[0], users: [{ name: "u", user: {} }] },
      clusters: contexts.map((name, index) => ({
        name,
        cluster: { server: servers[index], "certificate-authority-data": ca },
      })),
      contexts: contexts.map((name) => ({ name, context: { cluster: name, user: "u" } })),
    }),
  );
  const services = createRemoteServices(shellFor("/", Date.now, { KUBECONFIG: file }), { wait: true });
  const config = Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config", spec: { environments } });
  const ask = { kind: "kubernetes", name: "pods", what: "pods", namespace: "acme", agent: "triage" } as const;
  const read = await Promise.all(names.map((name) => services.evidenceReader(config, name).read(ask, "e1")));
  return read.map((one) => (one.kind === "missing" ? one.message : "lines" in one && String(one.lines)));
}

const IN = (name: string, context?: string) => ({ name, ...(context && { kubernetes: { context } }) });

test("each environment is read by its own context", async () => {
  const environments = [IN("staging", "s"), IN("production", "p")];
  const [staging, production] = await podsOf(environments, ["p", "s"], ["staging", "production"]);
  expect([staging, production]).toEqual([expect.stringContaining("pod-of-s"), expect.stringContaining("pod-of-p")]);
});

test("the current context is that of the only environment without one", async () => {
  const [staging, production] = await podsOf(
    [IN("staging"), IN("production", "p")],
    ["s", "p"],
    ["staging", "production"],
  );
  expect([staging, production]).toEqual([expect.stringContaining("pod-of-s"), expect.stringContaining("pod-of-p")]);
});

test("no other cluster answers for one that is not known", async () => {
  const [staging, production] = await podsOf([IN("staging"), IN("production")], ["s"], ["staging", "production"]);
  expect(staging).toContain("name the context of each in environments[].kubernetes.context");
  expect(production).toBe(staging);
  const [other] = await podsOf([IN("production", "gone")], ["s"], ["production"]);
  expect(other).toBe("raos.yaml names a context in kubernetes.context that the kubeconfig does not have");
});

test("a cluster whose address is set to nothing is no cluster", async () => {
  const env = { KUBERNETES_SERVICE_HOST: "", KUBERNETES_SERVICE_PORT: "443" };
  const services = createRemoteServices(shellFor("/", Date.now, env), { wait: true });
  const spec = { environments: [IN("production")] };
  const config = Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config", spec });
  const ask = { kind: "kubernetes", name: "pods", what: "pods", namespace: "acme", agent: "triage" } as const;
  const reader = services.evidenceReader(config, "production");
  expect(await reader.read(ask, "e1")).toMatchObject({ kind: "missing", reason: "not-configured" });
});
