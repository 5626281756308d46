import { StateError, type StateStore } from "./state-store.ts";

interface DaprStateOptions {
  /** Of the sidecar, such as `http://127.0.0.1:3500`. */
  readonly sidecar: string;
  /** Name of the component. */
  readonly store: string;
  readonly fetch: typeof fetch;
}

const SECONDS_OF_A_CALL = 10;
/** Seconds that a task or conversation is kept after its last change, where the component knows a time to live. */
const KEPT_SECONDS = 30 * 86_400;

/** The state store of the sidecar, over Dapr's HTTP API (docs.dapr.io/reference/api/state_api), with first-write concurrency. */
export function createDaprState({ sidecar, store, fetch }: DaprStateOptions): StateStore {
  const base = `${sidecar}/v1.0/state/${encodeURIComponent(store)}`;
  const call = async (url: string, init: RequestInit): Promise<Response> => {
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(SECONDS_OF_A_CALL * 1000) });
    } catch (error) {
      throw new StateError(`the state store ${store} does not answer`, { cause: error });
    }
  };
  const put = async (item: Readonly<Record<string, unknown>>): Promise<boolean> => {
    const response = await call(base, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([{ ...item, metadata: { ttlInSeconds: String(KEPT_SECONDS) } }]),
    });
    const text = await response.text();
    if (response.ok) return true;
    // Another etag is 409; components that do not tell it apart answer 500 and say so.
    if (response.status === 409 || /etag/i.test(text)) return false;
    throw new StateError(`the state store ${store} answered ${response.status} to a write: ${text.slice(0, 300)}`);
  };
  return {
    isDurable: true,
    async read(key) {
      const response = await call(`${base}/${encodeURIComponent(key)}?consistency=strong`, {});
      const text = await response.text();
      if (response.status === 204 || (response.ok && text === "")) return { value: undefined, etag: undefined };
      if (!response.ok) throw new StateError(`the state store ${store} answered ${response.status} to a read`);
      return { value: JSON.parse(text), etag: response.headers.get("etag") ?? undefined };
    },
    writeIf: (key, value, etag) =>
      put({
        key,
        value,
        ...(etag === undefined ? {} : { etag }),
        options: { concurrency: "first-write", consistency: "strong" },
      }),
    write: async (key, value) => void (await put({ key, value, options: { consistency: "strong" } })),
    async remove(key) {
      const response = await call(`${base}/${encodeURIComponent(key)}`, { method: "DELETE" });
      await response.body?.cancel();
      if (!response.ok) throw new StateError(`the state store ${store} answered ${response.status} to a removal`);
    },
  };
}
