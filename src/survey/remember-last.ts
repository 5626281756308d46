/** Returns the last value where the key is the same as in the last call, else the new value of `make`. */
export type LastValue<T> = (key: string, make: () => Promise<T>) => Promise<T>;

/** Keeps one value, so that data which seldom changes between two passes is not read or computed again. */
export function rememberLast<T>(): LastValue<T> {
  let known: { readonly key: string; readonly value: T } | undefined;
  return async (key, make) => {
    if (known?.key !== key) known = { key, value: await make() };
    return known.value;
  };
}
