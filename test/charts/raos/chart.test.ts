import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { describeReal } from "../../real/component.ts";
import { helmInstallDryRun, helmLint, helmTemplate } from "../../real/helm/helm.ts";
import { expectGolden } from "../../support/golden.ts";
import { type Manifest, manifests } from "../fixture-renders.ts";
import { NAMESPACE, objectsOf, RAOS_CHART, renderBot, valueSets } from "./value-sets.ts";
import { nearMisses, type Wrong, wrongContents, wrongTypes } from "./wrong-values.ts";

// Helm is started many times, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

const sets = Object.keys(valueSets);

describeReal(["helm", "helm3"], "the bot's chart under Helm 4 and Helm 3", () => {
  test.each(["helm", "helm3"] as const)("is strictly lint-free with every set of values: %s", async (version) => {
    for (const values of Object.values(valueSets)) {
      const opinion = await helmLint({ chart: RAOS_CHART, version, values });
      expect(opinion.ok ? "" : opinion.output).toBe("");
    }
  });

  test("renders the same objects under both", async () => {
    for (const values of Object.values(valueSets))
      expect(sorted(await renderBot(values, "helm3"))).toEqual(sorted(await renderBot(values)));
  });

  test("renders what it has always rendered", async () => {
    const files = new Map<string, string>();
    for (const set of sets) files.set(`${set}.yaml`, await renderBot(valueSets[set] ?? ""));
    expectGolden(join(import.meta.dirname, "golden"), files);
  });

  describe("values that are wrong are refused, each with its place", () => {
    test.each<readonly [string, Wrong]>([
      ["a wrong type", wrongTypes()],
      ["a wrong content", wrongContents()],
      ["a name that is nearly right", nearMisses()],
    ])("%s", async (_, { values, places }) => {
      const refusal = await refusalOf(stringify(values));
      const said = new Set([...refusal.matchAll(/at '([^']*)'/g)].map(([, place]) => place));
      expect(places.length).toBeGreaterThan(20);
      expect(places.filter((place) => !said.has(place))).toEqual([]);
    });

    test.each([
      ["imagePullSecrets: [{nam: x}]", /imagePullSecrets/],
      ["existingSecrets: [a, a]", /existingSecrets/],
      ["serve: {port: 80}", /'\/serve\/port'/],
      ["serve: {interval: 90}", /'\/serve\/interval'/],
      ["serve: {repositories: [acme/agents]}", /'\/serve\/repositories\/0'/],
      ["github: {serverUrl: http://github.acme.example}", /'\/github\/serverUrl'/],
      ["proxy: {https: http://user:pass@proxy.example}", /'\/proxy\/https'/],
      ["proxy: {no: [a]}", /'\/proxy'/],
      ["ca: {configMap: a, secret: b}", /'\/ca'/],
      ["rbac: {scope: all}", /'\/rbac\/scope'/],
      ["webhookPaths: [/metrics]", /'\/webhookPaths\/0'/],
      ["httpRoute: {parentRefs: [{nme: x}]}", /parentRefs/],
      ["networkPolicy: {ingress: [{namespace: a, cidr: 10.0.0.0/8}]}", /'\/networkPolicy\/ingress\/0'/],
      ["networkPolicy: {egress: {more: [{public: true, podLabels: {a: b}}]}}", /'\/networkPolicy\/egress\/more\/0'/],
      ["podDisruptionBudget: {minAvailable: 1, maxUnavailable: 1}", /'\/podDisruptionBudget'/],
      ["runAs: {user: 0}", /'\/runAs\/user'/],
      ["extraEnv: [{name: A, value: b, valueFrom: {secretKeyRef: {name: a, key: b}}}]", /'\/extraEnv\/0'/],
      ["extraEnv: [{name: A, valueFrom: {secretRef: {name: a}}}]", /secretRef/],
      ["extraEnv: [{name: A, value: 1}]", /'\/extraEnv\/0\/value'/],
      ["api: {url: https://raos.acme.example/mcp}", /'\/api\/url'/],
      ["api: {paths: [/metrics]}", /'\/api\/paths\/0'/],
      ["api: {people: everybody}", /'\/api\/people'/],
      ["api: {issuers: [{environment: a, issuer: b}]}", /'\/api\/issuers\/0'/],
      ["api: {issuers: [{environment: a, issuer: b, jwksUrl: http://keys.example}]}", /'\/api\/issuers\/0\/jwksUrl'/],
      [
        "api: {issuers: [{environment: a, issuer: b, jwksUrl: https://k.example, jwksConfigMap: {name: a, key: b}}]}",
        /'\/api\/issuers\/0'/,
      ],
      ["api: {tokensSecret: {token: x}}", /'\/api\/tokensSecret'/],
      ["replicas: 2", /additional properties 'replicas' not allowed/],
    ])("%s", async (values, expected) => {
      expect(await refusalOf(values)).toMatch(expected);
    });

    test.each([
      [
        "rbac: {scope: namespace}",
        "rbac.namespaces is empty: name the namespaces of the tenants, or write cluster or none",
      ],
      ["ingress: {enabled: true}", "ingress.host is empty: write the name of the host that GitHub reaches"],
      ["httpRoute: {enabled: true}", "httpRoute.parentRefs is empty: name the Gateway"],
      ["extraEnv: [{name: GITHUB_TOKEN, value: x}]", "the value of GITHUB_TOKEN is a secret; put it into a Secret"],
      ["extraEnv: [{name: LOKI_PASSWORD__STAGING, value: x}]", "the value of LOKI_PASSWORD__STAGING is a secret"],
      ["extraEnv: [{name: PRIVATE_KEY, value: x}]", "the value of PRIVATE_KEY is a secret"],
      ["extraEnv: [{name: API_TOKENS, value: x}]", "the value of API_TOKENS is a secret"],
      ["{api: {people: github}, extraEnv: [{name: API_PEOPLE, value: github}]}", "API_PEOPLE is set already"],
      ["extraEnv: [{name: RAOS_CACHE, value: /x}]", "RAOS_CACHE is set already"],
      ["extraEnv: [{name: A, value: x}, {name: A, value: z}]", "A is set already"],
      ["{sources: {loki: http://a.example}, extraEnv: [{name: LOKI_URL, value: x}]}", "LOKI_URL is set already"],
    ])("%s, and says what to write", async (values, expected) => {
      expect(await refusalOf(values)).toContain(expected);
    });
  });

  test("holds no credential, whatever is set: it makes no Secret", async () => {
    for (const set of sets) expect((await objectsOf(set)).map(({ kind }) => kind)).not.toContain("Secret");
  });

  test("a token of the cluster is mounted only where the cluster is read with it", async () => {
    const mounts = await Promise.all(
      sets.map(async (set) => [set, podSpec(await objectsOf(set)).automountServiceAccountToken]),
    );
    expect(Object.fromEntries(mounts)).toEqual({
      ...{ defaults: false, token: false, everything: false },
      ...{ namespaces: true, cluster: true },
    });
    // Kubernetes' own variable would make the bot look for a token that is not there.
    for (const set of sets) {
      const spec = podSpec(await objectsOf(set));
      const host = spec.containers[0].env.find(({ name }: Manifest) => name === "KUBERNETES_SERVICE_HOST");
      expect(host?.value, set).toBe(spec.automountServiceAccountToken ? undefined : "");
    }
  });

  test("the pod may end its pass before it is killed", async () => {
    for (const set of sets) {
      const { terminationGracePeriodSeconds, containers } = podSpec(await objectsOf(set));
      const grace = set === "everything" ? 60 : 25;
      expect(containers[0].args).toContain(set === "everything" ? "--grace=1m" : "--grace=25s");
      expect(terminationGracePeriodSeconds).toBe(grace + 10);
    }
  });

  test("only paths of webhooks and of programs that ask are opened to the outside, each by itself", async () => {
    const [ingress] = (await objectsOf("namespaces")).filter(({ kind }) => kind === "Ingress");
    expect(ingress?.spec.rules[0].http.paths.map(({ path, pathType }: Manifest) => [path, pathType])).toEqual([
      ["/api/github/webhooks", "Exact"],
      ["/api/alerts", "Exact"],
      ["/mcp", "Exact"],
      ["/.well-known/oauth-protected-resource/mcp", "Exact"],
    ]);
    const [route] = (await objectsOf("everything")).filter(({ kind }) => kind === "HTTPRoute");
    expect(route?.spec.rules[0].matches.map(({ path }: Manifest) => [path.value, path.type])).toEqual([
      ["/api/github/webhooks", "Exact"],
      ["/mcp", "Exact"],
      ["/.well-known/oauth-protected-resource/mcp", "Exact"],
      ["/a2a", "PathPrefix"],
      ["/.well-known/oauth-protected-resource/a2a", "Exact"],
      ["/.well-known/agent-card.json", "Exact"],
      ["/.well-known/jwks.json", "Exact"],
    ]);
    const closed = await helmTemplate({
      ...{ chart: RAOS_CHART, namespace: NAMESPACE },
      values: "{ingress: {enabled: true, host: raos.acme.example}, api: {people: github}}",
    });
    expect(closed).not.toContain("/mcp");
  });

  describe("the network policy", () => {
    const policyOf = async (values: string) => {
      const text = await helmTemplate({ chart: RAOS_CHART, values, namespace: NAMESPACE });
      return manifests(text).find(({ kind }) => kind === "NetworkPolicy")?.spec;
    };
    const portsOf = (rules: readonly Manifest[]) =>
      rules.map(({ ports = [] }) => ports.map(({ port }: Manifest) => port).join(" "));

    test("by default lets in one port, and out to DNS, public addresses and the sources", async () => {
      const { policyTypes, ingress, egress } = await policyOf("");
      expect(policyTypes).toEqual(["Ingress", "Egress"]);
      expect(portsOf(ingress)).toEqual(["3000"]);
      expect(portsOf(egress)).toEqual(["53 53", "443", "9090 9093 3100"]);
      for (const { to } of egress) expect(to.length).toBeGreaterThan(0);
      expect(egress[1].to[0].ipBlock.except).toContain("169.254.0.0/16");
    });

    test("with named callers lets in those and monitoring, nobody else", async () => {
      const { ingress } = await policyOf("networkPolicy: {ingress: [{namespace: gateways}, {cidr: 10.1.0.0/16}]}");
      expect(ingress[0].from).toEqual([
        { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
        { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gateways" } } },
        { ipBlock: { cidr: "10.1.0.0/16" } },
      ]);
    });

    test("with key sets at another port lets those be read, too", async () => {
      const key = "{environment: a, issuer: b, jwksUrl: https://keys.acme.example:8443/jwks}";
      const { egress } = await policyOf(`api: {issuers: [${key}, ${key.replace(":8443", ":443")}]}`);
      expect(portsOf(egress)).toEqual(["53 53", "443 8443", "9090 9093 3100"]);
    });

    test.each([
      ["rbac: {scope: cluster}", true],
      ["kubeconfig: {existingSecret: clusters}", true],
      ["", false],
    ])("with %s an API server is reached: %s", async (values, isReached) => {
      const { egress } = await policyOf(values);
      expect(portsOf(egress).includes("443 6443")).toBe(isReached);
    });
  });

  describe("the notes say what to do next", () => {
    const notesOf = async (values: string) => {
      const { ok, output } = await helmInstallDryRun({
        chart: RAOS_CHART,
        values,
        release: "raos",
        namespace: NAMESPACE,
      });
      expect(ok ? "" : output).toBe("");
      return output.slice(output.indexOf("NOTES:"));
    };

    test.each<readonly [string, string, readonly string[]]>([
      [
        "by default: the Secret, doctor, how webhooks get in, what is not read",
        "",
        [
          "kubectl -n raos-system get secret raos",
          "kubectl -n raos-system exec deploy/raos -- raos doctor",
          "https://<your host>/api/github/webhooks, once ingress.enabled or httpRoute.enabled opens it",
          "http://raos.raos-system.svc:80/api/alerts",
          "RAOS reads no cluster",
        ],
      ],
      ["with an Ingress", valueSets.namespaces ?? "", ["https://raos.acme.example/api/github/webhooks"]],
      ["with a Gateway", valueSets.everything ?? "", ["https://raos.acme.example/api/github/webhooks"]],
      ["with programs that ask", valueSets.namespaces ?? "", ["/mcp, A2A at /a2a of\n\n  https://raos.acme.example"]],
      ["with programs that ask at no address", "api: {people: github}", ["only the pod itself may ask"]],
      ["with an address where nobody may ask", "api: {url: https://raos.acme.example}", ["nobody may ask at"]],
      ["without TLS", "ingress: {enabled: true, host: raos.acme.example}", ["GitHub should reach it by https only"]],
      ["without a volume", "persistence: {enabled: false}", ["alerts that no pass has acted on yet"]],
      [
        "with GitHub Enterprise Server",
        "github: {serverUrl: https://github.acme.example}",
        ["networkPolicy.egress.more"],
      ],
    ])("%s", async (_, values, expected) => {
      const notes = await notesOf(values);
      for (const line of expected) expect(notes).toContain(line);
    });

    test("and nothing that does not concern whoever reads them", async () => {
      expect(await notesOf(valueSets.namespaces ?? "")).not.toMatch(
        /reads no cluster|emptyDir|egress\.more|nobody may ask/,
      );
    });
  });
});

/** What Helm says instead of rendering. */
async function refusalOf(values: string): Promise<string> {
  return helmTemplate({ chart: RAOS_CHART, values }).then(
    () => "",
    (error: Error) => error.message,
  );
}

/** Helm 3 and 4 order kinds of their own differently. */
function sorted(text: string): readonly Manifest[] {
  const place = ({ kind, metadata }: Manifest) => `${kind} ${metadata.namespace} ${metadata.name}`;
  return manifests(text).toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

function podSpec(objects: readonly Manifest[]): Manifest["spec"] {
  return objects.find(({ kind }) => kind === "Deployment")?.spec.template.spec;
}
