/** A value as the store has it; `etag` names this version of it, and is undefined where there is none. */
export interface StoredValue {
  readonly value: unknown;
  readonly etag: string | undefined;
}

/** Where tasks, conversations and unfinished runs are kept: key → JSON. Every function throws StateError where it fails. */
export interface StateStore {
  /** Whether what is written outlives the process. */
  readonly isDurable: boolean;
  read(key: string): Promise<StoredValue>;
  /** Writes where the stored version is still `etag` (undefined: where there is none). False: another one wrote in between. */
  writeIf(key: string, value: unknown, etag: string | undefined): Promise<boolean>;
  /** Writes whatever is there; only for a key that `writeIf` never writes. */
  write(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

/** The state store did not answer, or refused. */
export class StateError extends Error {
  override readonly name = "StateError";
}

const MOST_TRIES = 20;

/**
 * Changes a value by a function that may run several times, since other replicas write, too. `undefined` as its result leaves
 * the value as it is. Throws StateError where others were faster twenty times.
 */
export async function updateState(store: StateStore, key: string, change: (value: unknown) => unknown): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { value, etag } = await store.read(key);
    const next = change(value);
    if (next === undefined || (await store.writeIf(key, next, etag))) return;
    await new Promise((done) => setTimeout(done, tries * 5));
  }
  throw new StateError(`other replicas kept changing ${key}`);
}
