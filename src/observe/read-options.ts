/** What a request to a source is sent by; the global `fetch` is one. */
export type SourceFetch = (url: string, init: SourceRequest) => Promise<SourceResponse>;

interface SourceRequest {
  readonly method: "GET" | "POST";
  readonly headers: Record<string, string>;
  readonly redirect: "manual" | "error";
  readonly signal: AbortSignal;
  readonly body?: string;
}

export interface SourceResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Options of one read of a source. */
export interface ReadOptions {
  /** Milliseconds the read may take. */
  readonly deadlineMs: number;
  /** Links lead to Grafana's Explore where it is given, else to Prometheus itself. */
  readonly grafana: { readonly url: string } | undefined;
  readonly signal: AbortSignal | undefined;
  readonly fetch: SourceFetch | undefined;
}
