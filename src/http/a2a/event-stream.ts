/**
 * A response that sends each item as an event, as it comes; where the source fails, a last event says so. The first item is waited for:
 * throws what the source throws before it.
 */
export async function eventStream<T>(
  source: AsyncGenerator<T, void, undefined>,
  format: (item: T) => string,
  failed: (error: unknown) => string,
): Promise<Response> {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<T, void>> | undefined = Promise.resolve(await source.next());
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const item = await (next ?? source.next());
        next = undefined;
        if (item.done === true) controller.close();
        else controller.enqueue(encoder.encode(format(item.value)));
      } catch (error) {
        controller.enqueue(encoder.encode(failed(error)));
        controller.close();
      }
    },
    async cancel() {
      await source.return();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream", "x-accel-buffering": "no" } });
}
