import type { SignIn } from "../domain/values/authorization.ts";
import type { JsonRequest } from "./read-json.ts";
import type { ReadOptions, SourceFetch } from "./read-options.ts";

/** A Prometheus or a Loki, and how it is asked. */
export interface ObservedSource extends SignIn {
  readonly url: string;
  readonly tenant?: string | undefined;
  /** Uid among Grafana's data sources, for links. */
  readonly datasource?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly fetch?: SourceFetch | undefined;
}

/** What every request to a source has: who asks, for which tenant, within which time, and what no message may show. */
export function sourceRequest(source: ObservedSource, { deadlineMs, signal, fetch }: ReadOptions) {
  return {
    headers: { ...source.headers, ...(source.tenant === undefined ? {} : { "x-scope-orgid": source.tenant }) },
    signIn: source,
    deadlineMs,
    signal,
    secrets: Object.values(source.headers ?? {}),
    fetch: source.fetch ?? fetch,
  } satisfies Partial<JsonRequest>;
}
