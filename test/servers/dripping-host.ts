import { listen } from "./loopback.ts";

/** The address of a host that answers every request with one space at a time and never finishes; stopped at the end of the test. */
export async function startDrippingHost(everyMs: number): Promise<string> {
  return listen((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const drip = setInterval(() => response.write(" "), everyMs);
    response.on("close", () => clearInterval(drip));
  });
}
