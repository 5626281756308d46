import fc from "fast-check";
import { AgentSpec } from "../../../src/domain/agent/agent.ts";
import { ExternalSecret } from "../../../src/domain/agent/pod/external-secrets.ts";
import { JobFields } from "../../../src/domain/agent/pod/job.ts";
import { Pod } from "../../../src/domain/agent/pod/pod.ts";
import { ServiceAccount } from "../../../src/domain/agent/pod/service-account.ts";
import { PublicHost } from "../../../src/domain/agent/public-hosts.ts";
import type { Agent, Fleet } from "../../../src/domain/fleet.ts";
import { Config, Tenant } from "../../../src/domain/kinds/kinds.ts";
import { acceptedParts } from "./accepted.ts";
import { valuesOf } from "./arbitrary-value.ts";

const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,8}[a-z0-9])?$/);
const quantity = fc.constantFrom("100m", "1", 2, 0.5, "1e3", "1Ki");
const more = fc.constantFrom("4", 8, "1Gi", "1e6");
const port = fc.integer({ min: 1, max: 65_535 });
const prose = fc.oneof(
  fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }),
  fc.constantFrom(
    "{{ .Values.x }}",
    '{{- fail "x" }}',
    "a: b # c",
    "yes",
    '- "\\x',
    "${HOME}\n\n  end \n",
    "\u202eevil",
    "---\n...\n",
    "%YAML",
    "\t",
  ),
);
const path = fc.stringMatching(/^\/[a-z]{0,6}(\/[a-z.-]{1,5})?$/);
const duration = fc.constantFrom("30s", "500ms", "1m30s", "1.5h");
const url = fc.constantFrom(
  "https://api.example.com/v1",
  "http://gateway",
  "http://gw.ns:8080/x",
  "http://a.b.svc.cluster.local",
  "https://[::1]:8443/",
  "http://10.1.2.3",
);
const topic = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/);
const names = fc.uniqueArray(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), { maxLength: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const secret = fc.record({ name: label, key: fc.constantFrom("key", "api-key", "a.b_c") });

const component = (types: readonly string[]) =>
  fc.record({
    type: fc.constantFrom(...types),
    secretRef: maybe(label),
    host: maybe(fc.constantFrom("redis:6379", "redis", "k1.data:9092,k2.data:9092", "db.example.com:5432")),
    metadata: maybe(
      fc.dictionary(
        fc.constantFrom("ttl", "redisType", "x"),
        fc.oneof(
          prose,
          fc.integer(),
          fc.boolean(),
          secret.map((ref) => ({ secretKeyRef: ref })),
        ),
        {
          noNullPrototype: true,
        },
      ),
    ),
  });

const scaling = fc.oneof(
  fc.record({ min: maybe(fc.integer({ min: 0, max: 4 })) }),
  fc.record({
    min: fc.integer({ min: 0, max: 3 }),
    max: fc.integer({ min: 4, max: 90 }),
    hpa: fc.record({ cpu: maybe(fc.integer({ min: 1, max: 100 })), memory: maybe(fc.integer({ min: 1, max: 100 })) }),
  }),
  fc.record({
    min: fc.integer({ min: 0, max: 3 }),
    max: fc.integer({ min: 4, max: 90 }),
    keda: fc.record({ query: prose, threshold: fc.constantFrom(1, 2.5) }),
  }),
  fc.record({ max: fc.integer({ min: 4, max: 90 }), keda: fc.record({ kafkaLag: fc.integer({ min: 1, max: 900 }) }) }),
);

const tool = fc.oneof(
  fc.record({
    mcp: fc.record({
      name: label,
      streamableHTTP: fc.record({ url, timeout: maybe(duration) }),
      allow: maybe(fc.array(prose, { minLength: 1, maxLength: 2 })),
    }),
  }),
  fc.record({
    mcp: fc.record({
      name: label,
      sse: fc.record({ url }),
      requireApproval: maybe(fc.array(prose, { minLength: 1, maxLength: 2 })),
    }),
  }),
  fc.record({
    mcp: fc.record({
      name: label,
      stdio: fc.record({ command: prose, args: maybe(fc.array(prose, { maxLength: 2 })) }),
    }),
  }),
  fc.record({ agent: fc.record({ name: label, namespace: maybe(label) }) }),
);

const podLabels = fc.dictionary(fc.constantFrom("app", "app.kubernetes.io/name"), label, {
  minKeys: 1,
  noNullPrototype: true,
});

/** A host by exactly one way, as the check of specs wants it. */
const publicHost = valuesOf(PublicHost)
  .map((host) => PublicHost.parse(host))
  .filter(({ ingress, httpRoute }) => (ingress === undefined) !== (httpRoute === undefined))
  .filter(({ httpRoute }) => (httpRoute?.parentRefs ?? []).length < 2);

const raw = fc.record({
  description: prose,
  stage: fc.constantFrom("local", "prototype", "medium", "planet"),
  version: fc.constantFrom("1.0.0", "0.1.0-rc.1+x"),
  runtime: fc.record({
    image: maybe(fc.constantFrom("ghcr.io/acme/a:1", `ghcr.io/acme/a@sha256:${"0".repeat(64)}`)),
    port,
    protocol: fc.constantFrom("http", "grpc"),
    framework: fc.constantFrom("openai-agents", "dapr-agents", "custom"),
    workload: fc.constantFrom("Deployment", "StatefulSet", "CronJob", "Job"),
    job: maybe(valuesOf(JobFields)),
    serviceAccount: maybe(valuesOf(ServiceAccount)),
    externalSecrets: maybe(fc.array(valuesOf(ExternalSecret), { maxLength: 1 })),
    pod: maybe(valuesOf(Pod)),
    command: maybe(fc.array(prose, { maxLength: 2 })),
    args: maybe(fc.array(prose, { maxLength: 2 })),
    resources: maybe(
      fc.record({
        requests: maybe(fc.record({ cpu: maybe(quantity), memory: maybe(fc.constantFrom("100m", 1)) })),
        limits: maybe(fc.record({ memory: maybe(more) })),
      }),
    ),
    env: names.chain((all) =>
      fc.tuple(
        ...all.map((name) =>
          fc.oneof(
            fc.record({ name: fc.constant(name), value: prose }),
            fc.record({ name: fc.constant(name), valueFrom: fc.record({ secretKeyRef: secret }) }),
          ),
        ),
      ),
    ),
    healthPath: maybe(path),
    storage: maybe(fc.record({ size: quantity, mountPath: fc.constantFrom("/data", "/var/lib/x y") })),
  }),
  instructions: fc.record({ inline: prose }),
  model: fc.record({
    provider: fc.constantFrom("openai", "azure-openai", "anthropic", "gemini", "mistral", "ollama", "custom"),
    name: prose,
    endpoint: maybe(url),
    apiKeySecretRef: maybe(secret),
    fallbacks: maybe(fc.array(prose, { maxLength: 2 })),
    maxConcurrency: maybe(fc.integer({ min: 1, max: 9999 })),
  }),
  tools: maybe(
    fc.uniqueArray(tool, {
      maxLength: 4,
      selector: (item) => ("mcp" in item ? item.mcp.name : `agent ${item.agent.name}`),
    }),
  ),
  dapr: fc.record({
    enabled: fc.boolean(),
    state: maybe(component(["state.redis", "state.postgresql", "state.azure.cosmosdb"])),
    pubsub: maybe(component(["pubsub.redis", "pubsub.kafka", "pubsub.rabbitmq", "pubsub.gcp.pubsub"])),
    components: maybe(
      fc.uniqueArray(
        fc.record({
          name: fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/),
          type: fc.constantFrom("bindings.cron", "lock.redis", "secretstores.hashicorp.vault"),
          host: maybe(fc.constantFrom("redis:6379", "vault.security:8200")),
          metadata: maybe(
            fc.dictionary(fc.constantFrom("schedule", "redisHost"), fc.oneof(prose, fc.boolean()), {
              noNullPrototype: true,
            }),
          ),
        }),
        { maxLength: 2, selector: (item) => item.name },
      ),
    ),
    subscriptions: maybe(
      fc.uniqueArray(
        fc.record({
          topic,
          route: path,
          deadLetter: maybe(topic),
          bulk: maybe(fc.record({ maxMessages: fc.integer({ min: 1, max: 99 }), maxAwait: maybe(duration) })),
        }),
        { maxLength: 3, selector: (item) => item.topic },
      ),
    ),
    resiliency: maybe(
      fc.record({
        timeout: maybe(duration),
        retries: maybe(fc.integer({ min: -1, max: 9 })),
        circuitBreaker: maybe(fc.boolean()),
      }),
    ),
    sidecar: maybe(
      fc.record({
        cpuRequest: maybe(quantity),
        logLevel: maybe(fc.constantFrom("debug", "warn")),
        maxConcurrency: maybe(fc.integer({ min: 1, max: 99 })),
      }),
    ),
  }),
  a2a: fc.record({
    enabled: fc.boolean(),
    streaming: maybe(fc.boolean()),
    skills: maybe(
      fc.array(
        fc.record({
          id: label,
          name: prose,
          description: prose,
          tags: fc.array(label, { minLength: 1, maxLength: 2 }),
        }),
        { maxLength: 2 },
      ),
    ),
  }),
  access: maybe(
    fc.record({
      callers: fc.array(
        fc.record({
          appId: label,
          namespace: label,
          operations: maybe(fc.array(path, { minLength: 1, maxLength: 2 })),
        }),
        { maxLength: 2 },
      ),
    }),
  ),
  scaling,
  networking: maybe(
    fc.record({
      egress: maybe(
        fc.array(
          fc.oneof(
            fc.record({
              cidr: fc.constantFrom("10.0.0.0/8", "fd00::/8"),
              port: maybe(port),
              description: maybe(prose),
            }),
            fc.record({ namespace: label, podLabels: maybe(podLabels), port: maybe(port), description: maybe(prose) }),
            fc.record({ podLabels, port: maybe(port) }),
          ),
          { maxLength: 2 },
        ),
      ),
      hosts: maybe(fc.array(publicHost, { maxLength: 2 })),
      ingress: maybe(fc.array(fc.record({ namespace: label, port: maybe(port) }), { maxLength: 2 })),
    }),
  ),
  observability: fc.record({
    metricsPath: maybe(path),
    slo: maybe(
      fc.record({ errorRate: maybe(fc.constantFrom(0.001, 0.5)), p95Seconds: maybe(fc.constantFrom(0.2, 5, 1000)) }),
    ),
    dashboard: fc.boolean(),
    alerts: fc.boolean(),
    tracing: maybe(
      fc.record({
        endpoint: fc.constantFrom("otel:4317", "https://otel.example.com:4318"),
        samplingRate: maybe(fc.constantFrom(0, 0.1, 1)),
      }),
    ),
  }),
  labels: maybe(
    fc.dictionary(fc.constantFrom("team", "app.kubernetes.io/name", "x/y"), fc.constantFrom("a", "1", "true"), {
      noNullPrototype: true,
    }),
  ),
});

/** An agent of a whole fleet whose spec is any that the schema accepts, with all that a spec may hold. */
export const anyAgent: fc.Arbitrary<{ readonly agent: Agent; readonly fleet: Fleet }> = fc
  .record({ raw, name: label, tenant: label, delivery: fc.constantFrom("flux", "argocd"), oci: fc.boolean() })
  .map(({ raw, name, tenant, delivery, oci }) => {
    const spec = acceptedParts(AgentSpec.parse(JSON.parse(JSON.stringify(raw))));
    const key = `${tenant}/${name}`;
    const path = `agents/${key}.yaml`;
    const facts = {
      key,
      path,
      oid: "",
      namespace: tenant,
      environments: ["default"],
      template: undefined,
      models: [],
      prompts: [],
      calls: [],
      callsAcross: [],
      admits: [],
    };
    const chart = oci ? { oci: "oci://ghcr.io/acme/charts/agent", version: "1.0.0" } : { path: "charts/agent" };
    const config = Config.parse({
      apiVersion: "raos.dev/v1alpha1",
      kind: "Config",
      spec: { delivery, chart, argocd: { repoURL: "https://git.example.com/x.git" } },
    });
    const own = Tenant.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Tenant", metadata: { name: tenant } });
    const prompt = spec.instructions.inline ?? "";
    const agent: Agent = {
      key,
      tenant,
      name,
      path,
      labels: {},
      own: {},
      template: undefined,
      overlays: new Map(),
      models: new Map(),
      environments: new Map([["default", { environment: "default", spec, prompt }]]),
      facts,
    };
    const fleet: Fleet = {
      config,
      tenants: new Map([[tenant, own]]),
      templates: new Map(),
      models: new Map(),
      facts: new Map([[key, facts]]),
      callers: new Map(),
    };
    return { agent, fleet };
  });
