/** Which real components the tests run against, at which version, and how each is obtained. */
export const pins = [
  // Helm is compiled as its makers compile it, since the benchmarks time it. What else is only tested against is
  // compiled without inlining: that takes a third less processor time.
  {
    kind: "go",
    name: "helm",
    version: "4.3.1",
    accepts: "4.",
    folder: "helm",
    package: "helm.sh/helm/v4/cmd/helm",
    stamp: "helm.sh/helm/v4/internal/version.version=v4.3.1",
    optimised: true,
    probe: ["version", "--short"],
  },
  {
    kind: "go",
    name: "kube-apiserver",
    version: "1.36.3",
    accepts: "1.36.",
    folder: "kube-apiserver",
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    stamp: "k8s.io/component-base/version.gitVersion=v1.36.3",
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "kube-controller-manager",
    version: "1.36.3",
    accepts: "1.36.",
    folder: "kube-apiserver",
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
    stamp: "k8s.io/component-base/version.gitVersion=v1.36.3",
    after: "kube-apiserver",
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "kube-scheduler",
    version: "1.36.3",
    accepts: "1.36.",
    folder: "kube-apiserver",
    package: "k8s.io/kubernetes/cmd/kube-scheduler",
    stamp: "k8s.io/component-base/version.gitVersion=v1.36.3",
    after: "kube-controller-manager",
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "daprd",
    version: "1.18.2",
    accepts: "1.18.",
    folder: "daprd",
    // Its own main adds components to the stable ones; without the tag there would be none at all.
    package: ".",
    stamp: "github.com/dapr/dapr/pkg/buildinfo.version=1.18.2",
    tags: "stablecomponents",
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "dapr-placement",
    version: "1.18.2",
    accepts: "1.18.",
    folder: "daprd",
    package: "github.com/dapr/dapr/cmd/placement",
    stamp: "github.com/dapr/dapr/pkg/buildinfo.version=1.18.2",
    after: "daprd",
  },
  {
    kind: "go",
    name: "dapr-sentry",
    version: "1.18.2",
    accepts: "1.18.",
    folder: "daprd",
    package: "github.com/dapr/dapr/cmd/sentry",
    stamp: "github.com/dapr/dapr/pkg/buildinfo.version=1.18.2",
    after: "daprd",
  },
  {
    kind: "go",
    name: "helm3",
    version: "3.22.0",
    accepts: "3.",
    folder: "helm3",
    package: "helm.sh/helm/v3/cmd/helm",
    stamp: "helm.sh/helm/v3/internal/version.version=v3.22.0",
    optimised: true,
    // Its go.mod asks for what Helm 4 asks for, so that most of it is in the build cache by then.
    after: "helm",
    onPath: ["helm3", "helm"],
    probe: ["version", "--short"],
  },
  {
    kind: "go",
    name: "promtool",
    version: "3.15.0",
    accepts: "3.",
    folder: "prometheus",
    package: "github.com/prometheus/prometheus/cmd/promtool",
    stamp: "github.com/prometheus/common/version.Version=3.15.0",
    // Discovery in the clouds is most of Prometheus' code, and nothing here is in a cloud.
    tags: "remove_all_sd",
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "etcd",
    version: "3.6.16",
    accepts: "3.",
    folder: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "prometheus",
    version: "3.15.0",
    accepts: "3.",
    folder: "prometheus",
    package: "github.com/prometheus/prometheus/cmd/prometheus",
    stamp: "github.com/prometheus/common/version.Version=3.15.0",
    tags: "remove_all_sd",
    after: "promtool",
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "alertmanager",
    version: "0.30.0",
    accepts: "0.",
    folder: "alertmanager",
    package: "github.com/prometheus/alertmanager/cmd/alertmanager",
    stamp: "github.com/prometheus/common/version.Version=0.30.0",
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "kube-state-metrics",
    // The newest that the module proxy and the checksum database both have.
    version: "2.15.0",
    accepts: "2.",
    folder: "kube-state-metrics",
    package: "k8s.io/kube-state-metrics/v2",
    stamp: "github.com/prometheus/common/version.Version=2.15.0",
    probe: ["version"],
  },
  {
    kind: "go",
    name: "kustomize-controller",
    version: "1.9.4",
    accepts: "",
    // Flux's controllers are one module here, so that what they share is compiled once.
    folder: "flux",
    package: "github.com/fluxcd/kustomize-controller",
  },
  {
    kind: "go",
    name: "source-controller",
    version: "1.9.3",
    accepts: "",
    folder: "flux",
    package: "github.com/fluxcd/source-controller",
    after: "kustomize-controller",
  },
  {
    kind: "go",
    name: "helm-controller",
    version: "1.6.1",
    accepts: "",
    folder: "flux",
    package: "github.com/fluxcd/helm-controller",
    after: "source-controller",
  },
  {
    kind: "go",
    name: "notification-controller",
    version: "1.9.2",
    accepts: "",
    folder: "flux",
    package: "github.com/fluxcd/notification-controller",
    after: "helm-controller",
  },
  {
    kind: "go",
    // Plays the kubelet: pods become ready, or fail, as its stages say.
    name: "kwok",
    version: "0.8.0",
    accepts: "",
    folder: "kwok",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    stamp: "sigs.k8s.io/kwok/pkg/consts.Version=0.8.0",
    data: { module: "sigs.k8s.io/kwok", folders: ["kustomize/stage"] },
    // Its stages lie beside it, so none is looked for on PATH.
    onPath: [],
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "registry",
    version: "3.1.2",
    accepts: "3.",
    folder: "registry",
    package: "github.com/distribution/distribution/v3/cmd/registry",
    stamp: "github.com/distribution/distribution/v3/version.version=3.1.2",
    // Any program may be called so on PATH.
    onPath: [],
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "loki",
    version: "3.7.8",
    accepts: "3.",
    folder: "loki",
    package: "github.com/grafana/loki/v3/cmd/loki",
    stamp: "github.com/grafana/loki/v3/pkg/util/build.Version=3.7.8",
    probe: ["--version"],
  },
  {
    kind: "debian",
    name: "gcc",
    version: "12",
    accepts: "",
    package: "gcc",
    probe: ["--version"],
  },
  {
    kind: "go",
    name: "gitea",
    version: "1.26.0",
    accepts: "1.26.",
    folder: "gitea",
    package: "code.gitea.io/gitea",
    stamp: "main.Version=1.26.0",
    tags: "sqlite sqlite_unlock_notify",
    // Its SQLite is C.
    cgo: true,
    after: "gcc",
    // It looks for these below its STATIC_ROOT_PATH, and does not start without them.
    data: { module: "code.gitea.io/gitea", folders: ["options", "templates", "public"] },
    // A Gitea of the machine has its files elsewhere, so none is looked for on PATH.
    onPath: [],
    probe: ["--version"],
  },
  {
    kind: "crds",
    name: "crds",
    version: "1",
    modules: [
      {
        module: "github.com/dapr/dapr",
        version: "v1.18.2",
        sum: "h1:yT1BXImaUiYtIKaKVnOBiWVFqQU1ckQaiXkXEO2+Dh0=",
        folder: "charts/dapr/crds",
        kinds: [
          "Component",
          "Configuration",
          "HTTPEndpoint",
          "MCPServer",
          "Resiliency",
          "Subscription",
          "WorkflowAccessPolicy",
        ],
      },
      {
        module: "github.com/fluxcd/source-controller",
        version: "v1.9.3",
        sum: "h1:Zj1gfvK/2MFIm/K3vh5fSHoJBoggLKMuLWf5ZEmaF0w=",
        folder: "config/crd/bases",
        // kustomize-controller waits for every kind of source.
        kinds: ["Bucket", "ExternalArtifact", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository"],
      },
      {
        module: "github.com/fluxcd/helm-controller",
        version: "v1.6.1",
        sum: "h1:b0XKTQCGlQy4nOGfEFMbn/e+/j9IMEHSDlKecbZkG9M=",
        folder: "config/crd/bases",
        kinds: ["HelmRelease"],
      },
      {
        module: "github.com/fluxcd/kustomize-controller",
        version: "v1.9.4",
        sum: "h1:VBnBMhnemqnE5Zca2AoG2gC4472MoiTmk9rdqvLoMcY=",
        folder: "config/crd/bases",
        kinds: ["Kustomization"],
      },
      {
        module: "github.com/fluxcd/notification-controller",
        version: "v1.9.2",
        sum: "h1:K/l3aovY48rtFoFKF+begn+SSn6vWZY2M3snP4dBylk=",
        folder: "config/crd/bases",
        // notification-controller does not start without Receiver.
        kinds: ["Alert", "Provider", "Receiver"],
      },
      {
        module: "github.com/argoproj/argo-cd/v3",
        version: "v3.5.0",
        sum: "h1:iqnPFSKaQ0l3hREMH2Rk55VDcxrvBFaSO0g9bifZKzc=",
        folder: "manifests/crds",
        kinds: ["Application", "AppProject"],
      },
      {
        module: "github.com/kedacore/keda/v2",
        version: "v2.21.0",
        sum: "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
        folder: "config/crd/bases",
        kinds: ["ClusterTriggerAuthentication", "ScaledObject", "TriggerAuthentication"],
      },
      {
        module: "github.com/prometheus-operator/prometheus-operator",
        version: "v0.85.0",
        sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
        folder: "example/prometheus-operator-crd",
        kinds: ["PodMonitor", "Probe", "PrometheusRule", "ServiceMonitor"],
      },
      {
        module: "sigs.k8s.io/gateway-api",
        version: "v1.4.0",
        sum: "h1:ZwlNM6zOHq0h3WUX2gfByPs2yAEsy/EenYJB78jpQfQ=",
        folder: "config/crd/standard",
        kinds: ["HTTPRoute"],
      },
      {
        module: "github.com/external-secrets/external-secrets",
        version: "v0.19.2",
        sum: "h1:bdOpEt9Pww2e8QGh4apX7M0nehwNOVAQJLd8z6hAXWI=",
        folder: "config/crds/bases",
        kinds: ["ExternalSecret"],
      },
    ],
  },
  {
    kind: "python",
    name: "genai-python",
    version: "1",
    folder: "genai-python",
  },
  {
    kind: "python",
    name: "a2a-python",
    version: "1.3.0",
    folder: "a2a-python",
  },
  {
    kind: "npm",
    name: "genai-javascript",
    version: "1",
    folder: "genai-javascript",
  },
  {
    kind: "npm",
    name: "mcp-conformance",
    version: "1",
    folder: "mcp-conformance",
  },
  {
    kind: "npm",
    name: "mcp-inspector",
    version: "2.12.0",
    folder: "mcp-inspector",
  },
  {
    kind: "debian",
    name: "redis-server",
    version: "7",
    accepts: "",
    package: "redis-server",
    probe: ["--version"],
  },
  {
    kind: "debian",
    name: "chromium",
    version: "stable",
    accepts: "",
    package: "chromium",
    probe: ["--version"],
  },
] as const satisfies readonly Pin[];

/** A program compiled from the Go module proxy; `tools/go/<folder>/go.sum` pins every byte of its source. */
export interface GoPin {
  readonly kind: "go";
  readonly name: string;
  readonly version: string;
  /** The beginning of the versions that will do where the program is on PATH already. */
  readonly accepts: string;
  readonly folder: string;
  readonly package: string;
  /** `-X` of the linker: without it the program reports no version, or a wrong one. */
  readonly stamp?: string;
  readonly tags?: string;
  readonly optimised?: boolean;
  /** Whether it has parts in C, and takes a C compiler. */
  readonly cgo?: boolean;
  /** Folders of a module that the program reads while it runs; they are copied beside it. */
  readonly data?: { readonly module: string; readonly folders: readonly string[] };
  /** The tool whose build fills the build cache for this one. */
  readonly after?: string;
  /** The names it may bear on PATH, where they differ from `name`. */
  readonly onPath?: readonly string[];
  /** Arguments that make it print its version. A program that never says it is not looked for on PATH. */
  readonly probe?: readonly string[];
}

/** CustomResourceDefinitions, taken out of the modules of the controllers that own them. */
export interface CrdsPin {
  readonly kind: "crds";
  readonly name: "crds";
  readonly version: string;
  readonly modules: readonly CrdModule[];
}

export interface CrdModule {
  readonly module: string;
  readonly version: string;
  /** The module's `h1:` hash, as go.sum would hold it. */
  readonly sum: string;
  /** The folder inside the module whose YAML files are the definitions. */
  readonly folder: string;
  /** Those that are taken: what RAOS writes or refers to. The rest is large, and slows an API server down. */
  readonly kinds: readonly string[];
}

/** A package of the distribution. */
export interface DebianPin {
  readonly kind: "debian";
  readonly name: string;
  readonly version: string;
  readonly accepts: string;
  readonly package: string;
  readonly probe: readonly string[];
}

/** A virtual environment of Python; `tools/python/<folder>/requirements.txt` pins every file by its hash. */
export interface PythonPin {
  readonly kind: "python";
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** Packages of npm; `tools/npm/<folder>/package-lock.json` pins every one by its hash. */
export interface NpmPin {
  readonly kind: "npm";
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

export type Pin = GoPin | CrdsPin | DebianPin | PythonPin | NpmPin;

export type ToolName = (typeof pins)[number]["name"];

/** The pin of a tool. */
export function pinOf(name: ToolName): Pin {
  const pin = pins.find((candidate) => candidate.name === name);
  if (pin === undefined) throw new Error(`no pin named ${name}`);
  return pin;
}
