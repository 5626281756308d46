import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeServer, listenOnLoopback } from "../../servers/listen.ts";
import { postRaw } from "../../servers/post-raw.ts";
import { describeReal } from "../component.ts";
import { type RunningSidecar, startSidecar } from "../dapr/running-sidecar.ts";
import { type Sentry, startSentry } from "../dapr/sentry.ts";

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
    ["is its app-id", {}, ["caller", "shop"]],
    [
      "stands beside one that the caller adds",
      { "dapr-caller-app-id": "web", "dapr-caller-namespace": "other" },
      [expect.stringMatching(/^(caller, web|web, caller)$/), expect.stringMatching(/^(shop, other|other, shop)$/)],
    ],
    [
      "is dropped where the caller names it in Connection, so that its lack proves nothing",
      { connection: "dapr-caller-app-id, dapr-caller-namespace" },
      [undefined, undefined],
    ],
  ])("%s", async (_what, headers, [name, namespace]) => {
    await postRaw(`${caller.url}/v1.0/invoke/callee/method/orders`, headers, "{}");
    expect(seen.at(-1)?.["dapr-caller-app-id"]).toEqual(name);
    expect(seen.at(-1)?.["dapr-caller-namespace"]).toEqual(namespace);
  });
});
