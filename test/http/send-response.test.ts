import { expect, test } from "vitest";
import { sendResponse } from "../../src/http/api/send-response.ts";
import { listen } from "../servers/loopback.ts";
import { waitUntil } from "../support/wait.ts";

/** An answer without an end, and whether it was left. */
function endless() {
  const left = { isLeft: false };
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel() {
      left.isLeft = true;
    },
  });
  return { left, answer: new Response(body) };
}

test.each([
  ["before its answer begins", 300],
  ["in the middle of its answer", 0],
])("the source of an answer is left where the client goes %s", async (_, delay) => {
  const { left, answer } = endless();
  const url = await listen((request, response) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    request.resume();
    setTimeout(() => void sendResponse(answer, response, gone.signal), delay);
  });
  const client = new AbortController();
  const asked = fetch(url, { signal: client.signal }).then((response) => response.text());
  setTimeout(() => client.abort(), 100);
  await expect(asked).rejects.toThrow(/abort/);
  await waitUntil(() => left.isLeft);
});
