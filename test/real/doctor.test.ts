import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doctor, examined, of } from "../app/doctor/doctor.ts";
import { createAuthority } from "../servers/certificates.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait.ts";
import { describeReal } from "./component.ts";
import { type ApiServer, apiServerTools, startApiServer } from "./kubernetes/apiserver.ts";
import { freePorts } from "./process/loopback.ts";
import { pushLines, type Running, startAlertmanager, startLoki, startPrometheus } from "./prometheus/prometheus.ts";

describeReal(["prometheus", "loki", "alertmanager"], "raos doctor and real sources", () => {
  test("up, with nothing of the environment, mistaken for each other, and down", { timeout: 180_000 }, async () => {
    const [first = 0, second = 0, grpc = 0, third = 0] = await freePorts(4);
    const running: readonly Running[] = await Promise.all([
      startPrometheus({ port: first, targets: [`127.0.0.1:${first}`], labels: { cluster: "prod-eu" } }),
      startLoki({ ports: [second, grpc] }),
      startAlertmanager({ port: third, webhook: "http://127.0.0.1:1/", token: "none" }),
    ]);
    const [prometheus = "", loki = "", alertmanager = ""] = running.map(({ url }) => url);
    const sources = { prometheus: { url: prometheus }, loki: { url: loki }, alertmanager: { url: alertmanager } };
    const environments = [
      { name: "production", alerts: { cluster: "prod-eu" } },
      { name: "staging", alerts: { cluster: "staging" } },
    ];
    try {
      const before = await examined({ environments, ...sources });
      expect(of(before, "loki production")).toMatchObject([{ status: "warning" }]);
      await pushLines(loki, { app: "a" }, [[Date.now() - 1000, "INFO here"]]);
      const found = await waitFor(async () => {
        const now = await examined({ environments, ...sources });
        return [...of(now, "prometheus production"), ...of(now, "loki production")].every(
          ({ status }) => status === "ok",
        )
          ? now
          : undefined;
      }, 500);
      expect(of(found, "prometheus production")[0]?.message).toMatch(/^3\.\d+\.\d+, has targets of this environment$/);
      expect(of(found, "loki production")[0]?.message).toMatch(/^\S+, has logs$/);
      expect(of(found, "alertmanager production")[0]?.message).toMatch(/^0\.\d+\.\d+, answers$/);
      expect(of(found, "prometheus staging")).toMatchObject([
        { status: "warning", message: 'it answers, and has no target (up) with cluster="staging"' },
      ]);
      const mistaken = { prometheus: { url: alertmanager }, loki: { url: prometheus }, alertmanager: { url: loki } };
      const wrong = await examined(mistaken);
      for (const check of ["prometheus", "loki", "alertmanager"])
        expect(of(wrong, check)).toMatchObject([
          { status: "failed", message: expect.stringMatching(/^it answered 404/) },
        ]);
      const tls = await examined({ prometheus: { url: prometheus.replace("http:", "https:") } });
      expect(of(tls, "prometheus")).toMatchObject([{ status: "failed" }]);
    } finally {
      await Promise.all(running.map((one) => one.stop()));
    }
    const down = await examined(sources);
    for (const check of ["prometheus", "loki", "alertmanager"])
      expect(of(down, check)).toMatchObject([{ status: "failed", message: expect.stringContaining("ECONNREFUSED") }]);
  });
});

describeReal(apiServerTools, "raos doctor and a real API server", () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  }, 120_000);
  afterAll(() => server?.stop());

  /** A kubeconfig with this token, and these certificates to trust. */
  function kubeconfig(token: string, authority = server.certificate, url = server.url): string {
    const file = join(temporaryFolder(), "kubeconfig");
    const cluster = { server: url, "certificate-authority-data": Buffer.from(authority).toString("base64") };
    writeFileSync(
      file,
      JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "a" },
        clusters: [{ name: "a", cluster }],
        users: [{ name: "a", user: { token } }],
        contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
      }),
    );
    return file;
  }
  const json = (value: object) => ({ type: "application/json", text: JSON.stringify(value) });
  const kube = async (file: string, spec: object = {}) => of(await examined(spec, { KUBECONFIG: file }), "kubernetes");

  test("up, refused, forbidden, of another authority, down, of another context", { timeout: 120_000 }, async () => {
    expect(await kube(kubeconfig(server.token))).toEqual([
      { status: "ok", message: "what evidence needs can be listed in support" },
    ]);
    expect(await kube(kubeconfig("wrong-token-0123456789"))).toMatchObject([
      {
        status: "failed",
        message: expect.stringMatching(/^the API server answered 401/),
        fix: expect.stringContaining("not accepted"),
      },
    ]);
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "raos" } };
    await server.client.send("POST", "/api/v1/namespaces/default/serviceaccounts", json(account));
    const answer = await server.client.send("POST", "/api/v1/namespaces/default/serviceaccounts/raos/token", {
      ...json({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} }),
    });
    const token: unknown = Reflect.get(Object(Reflect.get(Object(answer.body), "status")), "token");
    const forbidden = await kube(kubeconfig(String(token)));
    expect(forbidden).toEqual([
      {
        status: "failed",
        message:
          "the API server answered 403 to a list of pods, events, deployments and statefulsets, resourcequotas, horizontalpodautoscalers in support",
        fix: expect.stringMatching(/^give RAOS' account get and list of/),
      },
    ]);
    expect(await kube(kubeconfig(server.token, createAuthority("other").ca))).toMatchObject([
      { status: "failed", message: expect.stringMatching(/^the API server's TLS certificate is not accepted/) },
    ]);
    const [port = 0] = await freePorts(1);
    expect(await kube(kubeconfig(server.token, server.certificate, `https://127.0.0.1:${port}`))).toMatchObject([
      { status: "failed", message: "there is no connection to the API server" },
    ]);
    const environments = [{ name: "staging", kubernetes: { context: "b" } }];
    expect(await kube(kubeconfig(server.token), { environments })).toMatchObject([
      { status: "failed", message: expect.stringContaining("names a context") },
    ]);
    // Nothing is written to the cluster.
    expect(JSON.stringify(await doctor(temporaryFolder(), [], { KUBECONFIG: kubeconfig(server.token) }))).not.toContain(
      server.token,
    );
  });
});
