/** Works on several items at a time, and yields the results in the order of the items. What one throws is thrown at its turn. */
export async function* inOrder<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<readonly [T, R]> {
  const started: (readonly [T, Promise<R>])[] = [];
  const queue = items.values();
  const start = () => {
    const { value, done } = queue.next();
    if (done === true) return;
    const result = work(value);
    // It is awaited at its turn, which may come after it failed.
    result.catch(() => {});
    started.push([value, result]);
  };
  for (let count = 0; count < most; count += 1) start();
  for (let next = started.shift(); next !== undefined; next = started.shift()) {
    const [item, result] = next;
    const done = await result;
    start();
    yield [item, done];
  }
}
