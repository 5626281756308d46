import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeServer, listenOnLoopback } from "../../servers/listen.ts";
import { describeReal } from "../component.ts";
import { type RunningSidecar, startSidecar } from "../dapr/running-sidecar.ts";
import { type Sentry, startSentry } from "../dapr/sentry.ts";

/** Posts with headers that `fetch` forbids. The status. */
function post(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((done, fail) => {
    const sent = request(url, { method: "POST", headers }, (response) => {
      response.resume().on("end", () => done(response.statusCode ?? 0));
    });
    sent.on("error", fail).end("{}");
  });
}

describeReal(["daprd", "dapr-sentry"], "the name of a caller, which daprd gives to an application", () => {
  const seen: IncomingHttpHeaders[] = [];
  let app: Server;
  let sentry: Sentry;
  let caller: RunningSidecar;
  let callee: RunningSidecar;
  beforeAll(async () => {
    app = createServer((given, response) => {
      if (given.method === "POST") seen.push(given.headers);
      response.end("{}");
    });
    const appPort = Number(new URL(await listenOnLoopback(app)).port);
    sentry = await startSentry("public");
    const common = { namespace: "shop", trustDomain: "public", sentry, resources: [] };
    callee = await startSidecar({ ...common, appId: "callee", appPort });
    caller = await startSidecar({ ...common, appId: "caller" });
  }, 60_000);
  afterAll(async () => {
    for (const one of [caller, callee, sentry]) await one?.stop();
    await closeServer(app);
  });

  test.each([
    ["nothing", {}],
    ["a name of its own", { "dapr-caller-app-id": "web", "dapr-caller-namespace": "other" }],
    ["that the name be dropped", { connection: "dapr-caller-app-id, dapr-caller-namespace, dapr-callee-app-id" }],
  ])("where the caller sends %s", async (_what, headers) => {
    await post(`${caller.url}/v1.0/invoke/callee/method/orders`, headers);
    console.log(JSON.stringify(seen.at(-1)));
  });
});
