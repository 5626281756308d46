import { createServer } from "node:http";
import { onTestFinished } from "vitest";

/** The address of a host that answers every request with a blank now and then, for ever; it ends with the test. */
export async function drippingHost(everyMs: number): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const drip = setInterval(() => response.write(" "), everyMs);
    response.on("close", () => clearInterval(drip));
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
