import type { Config } from "../domain/kinds.ts";
import { createInvestigations, type Investigations, type NoInvestigations } from "../investigations.ts";
import { createDayBudget } from "../model/day-budget.ts";
import { createSupervisor } from "../model/supervisor.ts";
import { createObservatory } from "../observe/create-observatory.ts";
import { createKubeReader, type KubeReader } from "../observe/kubernetes.ts";
import type { Observatory } from "../observe/observatory.ts";
import { assertTokenAddresses, type BoundToken, boundToken, LOKI, OPENAI, PROMETHEUS } from "./bound-token.ts";
import type { Shell } from "./shell.ts";

/** What a world may look at and whom it may ask, beside Git and the forge. */
export interface Outside {
  observe(config: Config): Observatory;
  investigations(config: Config): Investigations | NoInvestigations | undefined;
}

export interface OutsideOptions {
  /** Whether an investigation is waited for. */
  readonly wait: boolean;
  /** Rings when an answer is there that nobody waited for. */
  readonly done?: () => void;
  /** Whether no model is asked at all: a command that only foresees. */
  readonly silent?: boolean;
}

/** Milliseconds that one read of Prometheus, Loki or Kubernetes may take. */
const DEADLINE = 5000;
/** Seconds an investigation may take, and how many run at a time. */
const INVESTIGATION = 300;
const AT_A_TIME = 4;
/** Where a key of OpenAI's belongs. */
const OPENAI_HOME = ["https://api.openai.com"];

/**
 * Observatory and model by the configuration on the default branch. Addresses are the configuration's; credentials the
 * environment's: `PROMETHEUS_TOKEN`, `LOKI_TOKEN`, `KUBECONFIG`, `OPENAI_API_KEY`; where they may be sent is the environment's
 * too, see `boundToken`. `GRAFANA_URL` makes links lead there, `OPENAI_BASE_URL` takes the place of the configured endpoint.
 * Each is made once for a configuration. Throws UsageError where a variable holds no address.
 */
export function outsideOf(shell: Shell, options: OutsideOptions): Outside {
  assertTokenAddresses(shell.env);
  const spent = createDayBudget();
  const kubernetes = kubeReaderOf(shell);
  const observatories = keyed((config: Config) => observatoryOf(shell, config, kubernetes));
  const models = keyed((config: Config): Investigations | NoInvestigations | undefined => {
    const { model } = config.spec;
    const { OPENAI_API_KEY: key, OPENAI_BASE_URL: base } = shell.env;
    const endpoint = base ?? model?.endpoint;
    // A compatible server on one's own machine wants no key.
    const apiKey = key ?? (base === undefined ? undefined : "none");
    if (model === undefined || apiKey === undefined || apiKey === "" || options.silent === true) return undefined;
    if (base === undefined && endpoint !== undefined) {
      const bound = boundToken(shell.env, OPENAI, endpoint, OPENAI_HOME);
      if (bound.kind === "withheld") return { unavailable: bound.message };
    }
    const supervisor = createSupervisor({
      apiKey,
      name: model.name,
      endpoint,
      api: model.api,
      budget: { ...model.budget, seconds: INVESTIGATION },
      now: shell.now,
      spent,
    });
    return createInvestigations(supervisor, {
      wait: options.wait,
      most: AT_A_TIME,
      done: options.done ?? (() => {}),
      now: shell.now,
      signal: shell.signal,
    });
  });
  return { observe: observatories, investigations: models };
}

function observatoryOf(shell: Shell, { spec }: Config, kubernetes: KubeReader | undefined): Observatory {
  const { GRAFANA_URL } = shell.env;
  const { prometheus, loki } = spec;
  return createObservatory({
    prometheus: prometheus && sourceOf(boundToken(shell.env, PROMETHEUS, prometheus.url), prometheus),
    loki: loki && sourceOf(boundToken(shell.env, LOKI, loki.url), loki),
    kubernetes,
    grafana: GRAFANA_URL === undefined ? undefined : { url: GRAFANA_URL },
    deadlineMs: DEADLINE,
    now: shell.now,
  });
}

function sourceOf<T extends { readonly url: string }>(bound: BoundToken, source: T) {
  if (bound.kind === "withheld") return { withheld: bound.message };
  return { ...source, bearer: bound.kind === "token" ? bound.token : undefined };
}

function kubeReaderOf(shell: Shell): KubeReader | undefined {
  return createKubeReader({ env: shell.env });
}

/** What was made for the newest configuration; raos.yaml seldom changes. */
function keyed<T>(make: (config: Config) => T): (config: Config) => T {
  let known: { readonly key: string; readonly value: T } | undefined;
  return (config) => {
    const { prometheus, loki, model } = config.spec;
    const key = JSON.stringify([prometheus, loki, model]);
    if (known?.key !== key) known = { key, value: make(config) };
    return known.value;
  };
}
