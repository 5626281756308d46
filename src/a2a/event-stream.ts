/** A response that sends each item as an event, as it comes; where the source fails, a last event says so. */
export function eventStream<T>(
  source: AsyncGenerator<T, void, undefined>,
  format: (item: T) => string,
  failed: (error: unknown) => string,
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await source.next();
        if (next.done === true) controller.close();
        else controller.enqueue(encoder.encode(format(next.value)));
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
