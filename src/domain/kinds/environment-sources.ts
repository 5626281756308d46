import type { Config } from "./config.ts";

type Spec = Config["spec"];
/** Labels that select one environment's series: name → value. */
export type Matchers = Readonly<Record<string, string>>;

/** How the series of an environment are told apart at a source. */
export interface SourceBounds {
  readonly matchers: Matchers;
  /**
   * Whether other environments are observed there too. Where none is, a series without such a label is the environment's as
   * well: a cluster's own Prometheus adds its labels only to what it sends on.
   */
  readonly isShared: boolean;
}

/** Where one environment is observed, and the labels that its series have there. */
export interface EnvironmentSources {
  readonly prometheus: (NonNullable<Spec["prometheus"]> & SourceBounds) | undefined;
  readonly loki: (NonNullable<Spec["loki"]> & SourceBounds) | undefined;
  readonly alertmanager: Spec["alertmanager"];
  /** Context of the kubeconfig; undefined: the current one. */
  readonly kubernetesContext: string | undefined;
}

/**
 * The sources of an environment: its own, else those of the whole configuration. Each has the environment's labels as matchers,
 * less those that the source adds only to what it sends on (`externalLabels`).
 */
export function sourcesOf({ spec }: Config, environment: string): EnvironmentSources {
  const own = spec.environments.find((one) => one.name === environment);
  const prometheus = own?.prometheus ?? spec.prometheus;
  const loki = own?.loki ?? spec.loki;
  const labels = own?.alerts ?? {};
  const isShared = (source: "prometheus" | "loki", url: string) =>
    spec.environments.some((one) => one.name !== environment && (one[source] ?? spec[source])?.url === url);
  return {
    prometheus: prometheus && {
      ...prometheus,
      matchers: matchersAt(labels, prometheus.externalLabels),
      isShared: isShared("prometheus", prometheus.url),
    },
    loki: loki && {
      ...loki,
      matchers: matchersAt(labels, loki.externalLabels),
      isShared: isShared("loki", loki.url),
    },
    alertmanager: own?.alertmanager ?? spec.alertmanager,
    kubernetesContext: own?.kubernetes?.context,
  };
}

/**
 * Why nothing that a source answers is about an environment: the source adds another value of one of the environment's labels
 * to all it sends on. Undefined where it may be about it.
 */
export function contradictionOf(
  config: Config,
  environment: string,
  source: "prometheus" | "loki",
): string | undefined {
  const labels = config.spec.environments.find((one) => one.name === environment)?.alerts ?? {};
  const external = sourcesOf(config, environment)[source]?.externalLabels ?? {};
  const other = Object.entries(external).find(([name, value]) => Object.hasOwn(labels, name) && labels[name] !== value);
  if (other === undefined) return undefined;
  const [name, value] = other;
  const said = (text: string | undefined) => `"${name}: ${text ?? ""}"`;
  return `its externalLabels have ${said(value)}, and the environment ${environment} has ${said(labels[name])}; name its own in environments[].${source} in raos.yaml`;
}

/** The environment's labels that the series of a source have. */
function matchersAt(labels: Matchers, external: Matchers = {}): Matchers {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !Object.hasOwn(external, name)));
}
