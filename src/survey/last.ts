/** Answers with what `make` made for this key the last time, where the last key was this one. */
export type Last<T> = (key: string, make: () => Promise<T>) => Promise<T>;

/** Remembers one value: what changes seldom between two passes is then neither read nor worked out again. */
export function last<T>(): Last<T> {
  let known: { readonly key: string; readonly value: T } | undefined;
  return async (key, make) => {
    if (known?.key !== key) known = { key, value: await make() };
    return known.value;
  };
}
