import type { StateStore } from "./state-store.ts";

/** A store in this process, for an agent whose spec names no state store: a restart forgets it. The oldest of many keys go first. */
export function createMemoryState(mostKeys = 10_000): StateStore {
  const kept = new Map<string, { readonly text: string; readonly etag: string }>();
  let version = 0;
  const put = (key: string, value: unknown) => {
    version += 1;
    kept.delete(key);
    kept.set(key, { text: JSON.stringify(value), etag: String(version) });
    const [oldest] = kept.keys();
    if (kept.size > mostKeys && oldest !== undefined) kept.delete(oldest);
  };
  return {
    isDurable: false,
    read: async (key) => {
      const found = kept.get(key);
      return { value: found === undefined ? undefined : JSON.parse(found.text), etag: found?.etag };
    },
    writeIf: async (key, value, etag) => {
      if (kept.get(key)?.etag !== etag) return false;
      put(key, value);
      return true;
    },
    write: async (key, value) => put(key, value),
    remove: async (key) => void kept.delete(key),
  };
}
