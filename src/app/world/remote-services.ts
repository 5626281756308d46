import { join } from "node:path";
import { contradictionOf, sourcesOf } from "../../domain/kinds/environment-sources.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { Warn } from "../../domain/warn.ts";
import { createInvestigations, type Investigations, type NoInvestigations } from "../../model/investigations.ts";
import type { Answer, Investigator } from "../../model/investigator.ts";
import { createModelStore, type ModelStore, openModelStore } from "../../model/model-store.ts";
import type { SupervisorOptions } from "../../model/supervisor.ts";
import type { RequestWriter } from "../../model/writer/request-writer.ts";
import { createEvidenceReader, type OpenSource } from "../../observe/create-evidence-reader.ts";
import { createKubeReader } from "../../observe/create-kube-reader.ts";
import type { EvidenceReader } from "../../observe/evidence-reader.ts";
import { type KubeReader, unknownCluster } from "../../observe/kube-reader.ts";
import type { RegistryReader } from "../../observe/registry/registry-answers.ts";
import type { Shell } from "../shell.ts";
import { assertTokenAddresses, namesFor, type TokenName } from "./bound-token.ts";
import { cacheFolder } from "./cache-folder.ts";
import { outboundFetch } from "./outbound-fetch.ts";
import { type SourceAccess, sourceAccess } from "./source-access.ts";
import { modelAccess } from "./sources/model-access.ts";
import { registriesOf } from "./sources/registries.ts";

/** The evidence reader, the model and the reader of registries of a world. */
export interface RemoteServices {
  evidenceReader(config: Config, environment: string): EvidenceReader;
  investigations(config: Config): Investigations | NoInvestigations | undefined;
  /** Left out: no model turns words into specs. */
  requestWriter?(config: Config): RequestWriter | NoInvestigations | undefined;
  /** Left out: no registry of images is asked. */
  readonly registry?: RegistryReader;
}

export interface RemoteServicesOptions {
  /** Whether an investigation is waited for. */
  readonly wait: boolean;
  /** Called when an answer arrives that nobody waited for. */
  readonly done?: () => void;
  /** Called with each answer of the model at the end of its investigation. */
  readonly investigated?: (answer: Answer) => void;
  /** The repository for which spending and answers are kept on disk; left out: they are kept in memory. */
  readonly keep?: { readonly repository: string; readonly warn: Warn };
}

/** Milliseconds that one read of Prometheus, Loki or Kubernetes may take. */
const DEADLINE = 5000;
/** Seconds an investigation may take, and how many run at a time. */
const INVESTIGATION = 300;
const AT_A_TIME = 4;

/**
 * The evidence reader and the model for a configuration; each is created once for each configuration. Addresses come from
 * raos.yaml. Credentials come from the environment (`PROMETHEUS_TOKEN`, or `PROMETHEUS_USERNAME` with `PROMETHEUS_PASSWORD`; the
 * same of Loki; `KUBECONFIG`, `OPENAI_API_KEY`), which also decides where they may be sent: see `boundToken`. `GRAFANA_URL` is
 * the base of links; `OPENAI_BASE_URL` replaces the configured endpoint. Throws UsageError where a variable holds no address, or
 * it is not clear which credential to send.
 */
export function createRemoteServices(shell: Shell, options: RemoteServicesOptions): RemoteServices {
  assertTokenAddresses(shell.env);
  const send = outboundFetch(shell.env);
  let store: ModelStore | undefined;
  // A kubeconfig that cannot be read is a mistake that is said at the start.
  const current = createKubeReader({ env: shell.env });
  const readers = rememberBy(
    (config: Config, environment: string) => [
      sourcesOf(config, environment),
      contradictionOf(config, environment, "prometheus"),
      contradictionOf(config, environment, "loki"),
      config.spec.environments.filter(({ kubernetes }) => kubernetes === undefined).length > 1,
    ],
    (config, environment) => evidenceReaderOf(shell, config, environment, current),
  );
  const modelOptions = (
    config: Config,
  ): (SupervisorOptions & { readonly store: ModelStore }) | NoInvestigations | undefined => {
    const { model } = config.spec;
    const access = modelAccess(shell.env, model);
    if (model === undefined || access.kind === "off") return undefined;
    if (access.kind === "withheld") return { unavailable: access.message };
    const { apiKey, endpoint } = access;
    store ??= modelStoreOf(shell, options.keep);
    return {
      apiKey,
      name: model.name,
      endpoint,
      api: model.api,
      budget: { ...model.budget, seconds: INVESTIGATION },
      now: shell.now,
      spent: store.spent,
      fetch: send,
      store,
    };
  };
  const modelOf = (config: Config): Investigations | NoInvestigations | undefined => {
    const model = modelOptions(config);
    if (model === undefined || "unavailable" in model) return model;
    return createInvestigations(supervisorWhenAsked(model, options.investigated), {
      wait: options.wait,
      most: AT_A_TIME,
      done: options.done ?? (() => {}),
      now: shell.now,
      answers: model.store.answers,
      signal: shell.signal,
    });
  };
  const writerOf = (config: Config): RequestWriter | NoInvestigations | undefined => {
    const model = modelOptions(config);
    return model === undefined || "unavailable" in model ? model : writerWhenAsked(model);
  };
  return {
    evidenceReader: readers,
    investigations: rememberBy((config: Config) => config.spec.model, modelOf),
    requestWriter: rememberBy((config: Config) => config.spec.model, writerOf),
    registry: registriesOf(shell, send),
  };
}

/** The supervisor, whose libraries are loaded with the first question. */
function supervisorWhenAsked(
  options: SupervisorOptions,
  investigated: (answer: Answer) => void = () => {},
): Investigator {
  return {
    async investigate(...question) {
      const { createSupervisor } = await import("../../model/supervisor.ts");
      const answer = await createSupervisor(options).investigate(...question);
      investigated(answer);
      return answer;
    },
  };
}

/** The writer of specs, whose libraries are loaded with the first request. */
function writerWhenAsked(options: SupervisorOptions): RequestWriter {
  return {
    async begin(signal) {
      const { createRequestWriter } = await import("../../model/writer/request-writer.ts");
      return createRequestWriter(options).begin(signal);
    },
  };
}

function evidenceReaderOf(
  shell: Shell,
  config: Config,
  environment: string,
  current: KubeReader | undefined,
): EvidenceReader {
  const { GRAFANA_URL } = shell.env;
  const { prometheus, loki, kubernetesContext: context } = sourcesOf(config, environment);
  const isOther = {
    prometheus: contradictionOf(config, environment, "prometheus"),
    loki: contradictionOf(config, environment, "loki"),
  };
  return createEvidenceReader({
    prometheus:
      prometheus && sourceOf(shell, namesFor(shell.env, "PROMETHEUS", environment), prometheus, isOther.prometheus),
    loki: loki && sourceOf(shell, namesFor(shell.env, "LOKI", environment), loki, isOther.loki),
    kubernetes:
      context === undefined ? readerOfCurrent(config, current) : createKubeReader({ env: shell.env, context }),
    grafana: GRAFANA_URL === undefined ? undefined : { url: GRAFANA_URL },
    deadlineMs: DEADLINE,
    now: shell.now,
  });
}

function modelStoreOf(shell: Shell, keep: RemoteServicesOptions["keep"]): ModelStore {
  if (keep === undefined) return createModelStore();
  return openModelStore(join(cacheFolder(shell), "models-v1.sqlite"), keep.repository, keep.warn);
}

/** The reader of the current context, which is one cluster, so it can be that of one environment only. */
function readerOfCurrent({ spec }: Config, current: KubeReader | undefined): KubeReader | undefined {
  const unnamed = spec.environments.filter(({ kubernetes }) => kubernetes === undefined).map(({ name }) => name);
  if (current === undefined || unnamed.length < 2) return current;
  return unknownCluster(
    "KUBECONFIG has one current context and raos.yaml several environments; name the context of each in environments[].kubernetes.context",
  );
}

function sourceOf<T extends { readonly url: string }>(
  shell: Shell,
  names: TokenName,
  source: T,
  isOther: string | undefined,
): OpenSource<T & SourceAccess> {
  if (isOther !== undefined) return { foreign: isOther };
  const open = sourceAccess(shell, names, source.url);
  return async () => {
    const access = await open();
    return "withheld" in access ? access : { ...source, ...access };
  };
}

/** Most values that are kept: one for each environment that raos.yaml may name. */
const MOST_KEPT = 32;

/** Keeps what was made for the last inputs, since raos.yaml seldom changes. */
function rememberBy<I extends readonly unknown[], T>(
  keyOf: (...input: I) => unknown,
  make: (...input: I) => T,
): (...input: I) => T {
  const known = new Map<string, { readonly value: T }>();
  return (...input) => {
    const key = JSON.stringify(keyOf(...input) ?? null);
    const kept = known.get(key);
    if (kept !== undefined) return kept.value;
    if (known.size >= MOST_KEPT) known.clear();
    const value = make(...input);
    known.set(key, { value });
    return value;
  };
}
