import { setTimeout as sleep } from "node:timers/promises";
import { TaskState } from "@a2a-js/sdk";
import { describe, expect, test } from "vitest";
import { bareTask } from "../../../src/a2a/kept-tasks.ts";
import { createPushDelivery, type PushOutcome } from "../../../src/a2a/push/deliver.ts";
import { createPushConfigs } from "../../../src/a2a/push/push-configs.ts";
import { type PushRules, readPushConfig } from "../../../src/a2a/push/read-push-config.ts";
import { type ResolveHost, resolveHost, sendPush } from "../../../src/a2a/push/send-push.ts";
import { pushTarget, readPushHosts } from "../../../src/domain/network/push-target.ts";
import type { Caller } from "../../../src/identity/caller.ts";
import { API_SCOPES } from "../../../src/identity/scopes.ts";
import { pushTo, startPushReceiver } from "../../support/api/push-receiver.ts";
import { waitUntil } from "../../support/wait.ts";

const hostsOf = (text: string) => {
  const read = readPushHosts(text);
  return "hosts" in read ? read.hosts : [];
};
const targetOf = (url: string, hosts: string) => {
  const target = pushTarget(url, hostsOf(hosts));
  if (target.kind === "refused") throw new Error(target.words);
  return target;
};
const post = (url: string, hosts: string, resolve: ResolveHost = resolveHost) =>
  sendPush({ target: targetOf(url, hosts), body: "{}", headers: {} }, resolve, new AbortController().signal);

describe("one attempt", () => {
  test("reaches a host that the operator named, by its name and by its address", async () => {
    const receiver = await startPushReceiver();
    expect(await post(`${receiver.url}/a`, "127.0.0.1")).toEqual({ kind: "delivered" });
    expect(
      await post(`http://localhost:${receiver.port}/b`, `localhost:${receiver.port}`, async () => ["127.0.0.1"]),
    ).toEqual({ kind: "delivered" });
    expect(receiver.received.map(({ path }) => path)).toEqual(["/a", "/b"]);
  });

  test.each([
    ["private ones", ["10.0.0.1"]],
    ["a public and a private one", ["93.184.216.34", "192.168.0.1"]],
    ["loopback", ["127.0.0.1"]],
    ["loopback in an IPv6 address", ["::ffff:127.0.0.1"]],
    ["a cloud's metadata service", ["169.254.169.254"]],
    ["nothing", []],
  ])("connects to nothing where a public name leads to %s", async (_, addresses) => {
    const receiver = await startPushReceiver();
    const result = await post(`https://hooks.acme.example:${receiver.port}/`, "", async () => addresses);
    expect(result).toMatchObject({ kind: "failed", why: expect.stringContaining("may be reached"), isPassing: false });
    expect(receiver.received).toEqual([]);
  });

  test("a name that led to a public address when it was asked for, and to loopback when it is used, is not reached", async () => {
    const receiver = await startPushReceiver();
    const answers = [["93.184.216.34"], ["127.0.0.1"]];
    const resolve: ResolveHost = async () => answers.shift() ?? [];
    const rules: PushRules = { hosts: [], resolve, isProxied: () => false };
    const { target } = await readPushConfig(pushTo(`https://rebind.acme.example:${receiver.port}/`), rules);
    const result = await sendPush({ target, body: "{}", headers: {} }, resolve, new AbortController().signal);
    expect(result).toMatchObject({ kind: "failed", isPassing: false });
    expect([answers, receiver.received]).toEqual([[], []]);
  });

  test("follows no redirect", async () => {
    const secret = await startPushReceiver();
    const receiver = await startPushReceiver((response) => response.writeHead(307, { location: secret.url }).end());
    const result = await post(receiver.url, "127.0.0.1");
    expect(result).toEqual({ kind: "failed", why: "it answered 307; redirects are not followed", isPassing: false });
    expect(secret.received).toEqual([]);
  });

  test("an endless answer is left, and says nothing of itself", async () => {
    const receiver = await startPushReceiver((response) => {
      const more = setInterval(() => response.write("x".repeat(65_536)), 1);
      response.on("close", () => clearInterval(more));
    });
    const result = await post(receiver.url, "127.0.0.1");
    expect(JSON.stringify(result)).not.toContain("xxx");
  });
});

describe("what is asked for", () => {
  const rules: PushRules = {
    hosts: hostsOf("127.0.0.1"),
    resolve: async (host) => (host === "private.acme.example" ? ["10.0.0.1"] : ["93.184.216.34"]),
    isProxied: (url) => url.startsWith("https://proxied."),
  };
  test.each([
    [pushTo("http://169.254.169.254/"), /not https/],
    [pushTo("http://[::ffff:127.0.0.1]/"), /not https/],
    [pushTo("https://[::ffff:127.0.0.1]/"), /public addresses/],
    [pushTo("https://private.acme.example/"), /public addresses/],
    [pushTo("https://proxied.acme.example/"), /through a proxy/],
    [pushTo("https://a.example/", { token: "x\r\nhost: y" }), /printable ASCII/],
    [pushTo("https://a.example/", { id: "../x" }), /id has at most/],
    [pushTo("https://a.example/", { authentication: { scheme: "Bearer x", credentials: "" } }), /no scheme/],
    [pushTo("https://a.example/", { authentication: { scheme: "", credentials: "x" } }), /no scheme/],
  ])("%o is refused", async (asked, words) => {
    await expect(readPushConfig(asked, rules)).rejects.toThrow(words);
  });

  test("a token and credentials become headers", async () => {
    const authentication = { scheme: "Bearer", credentials: "secret" };
    const checked = await readPushConfig(pushTo("https://a.example/", { token: "t", authentication }), rules);
    expect(checked.headers).toEqual({ "x-a2a-notification-token": "t", authorization: "Bearer secret" });
  });
});

describe("delivery", () => {
  const scopes = { kind: "scoped", scopes: API_SCOPES } as const;
  const personOf = (login: string): Caller => {
    return { kind: "principal", principal: { kind: "person", login }, trusted: true, scopes };
  };
  const caller = personOf("robin");
  const states = [TaskState.TASK_STATE_WORKING, TaskState.TASK_STATE_INPUT_REQUIRED, TaskState.TASK_STATE_COMPLETED];
  const tasks = states.map((state, at) => bareTask("fleet:0", state, undefined, at));

  async function delivering(urls: readonly string[]) {
    const configs = createPushConfigs(() => 0);
    const said: unknown[] = [];
    const results: PushOutcome[] = [];
    const stopping = new AbortController();
    const delivery = createPushDelivery({
      ...{ configs, resolve: resolveHost, waits: [10, 10], stopping: stopping.signal },
      warn: (fields) => said.push(fields),
      pushed: (result) => results.push(result),
    });
    const rules: PushRules = { hosts: hostsOf("127.0.0.1"), resolve: resolveHost, isProxied: () => false };
    for (const url of urls)
      configs.set(caller, "fleet:0", await readPushConfig(pushTo(url, { token: "s3cret" }), rules));
    const tell = () => {
      for (const task of tasks) for (const config of configs.of(caller, "fleet:0")) delivery.tell(config, task);
    };
    return { tell, configs, said, results, stopping };
  }

  test("states come in their order, once; after the last there is nothing to tell", async () => {
    const receiver = await startPushReceiver();
    const { tell, configs } = await delivering([receiver.url]);
    tell();
    tell();
    await waitUntil(() => receiver.received.length === 3);
    await sleep(50);
    expect(receiver.states()).toEqual(states);
    expect(configs.all()).toEqual([]);
  });

  test("a receiver that hangs holds up no other, and none is waited for at the end", async () => {
    const hanging = await startPushReceiver(() => {});
    const receiver = await startPushReceiver();
    const { tell, stopping } = await delivering([`${hanging.url}/`, `${receiver.url}/`]);
    tell();
    await waitUntil(() => receiver.received.length === 3);
    expect(hanging.received).toHaveLength(1);
    stopping.abort();
    await sleep(50);
    expect(hanging.received).toHaveLength(1);
  });

  test("a receiver that fails for a moment is asked again, one that refuses is not; the log holds no secret", async () => {
    const busy = await startPushReceiver((response, nth) => response.writeHead(nth === 1 ? 503 : 200).end());
    const closed = await startPushReceiver((response) => response.writeHead(410).end());
    const { tell, said, results } = await delivering([`${busy.url}/hook?key=s3cret`, closed.url]);
    tell();
    await waitUntil(() => busy.received.length === 4 && closed.received.length === 3 && said.length === 3);
    expect(busy.states()).toEqual([states[0], ...states]);
    expect(said).toEqual(
      Array.from({ length: 3 }, () => ({ task: "fleet:0", host: "127.0.0.1", why: "it answered 410" })),
    );
    await waitUntil(() => results.length === 6);
    expect(results.toSorted()).toEqual([...Array(3).fill("delivered"), ...Array(3).fill("not-delivered")]);
  });

  test("one caller has so many, and another one's are not theirs", async () => {
    const configs = createPushConfigs(() => 0);
    const rules: PushRules = { hosts: hostsOf("127.0.0.1"), resolve: resolveHost, isProxied: () => false };
    const checked = await readPushConfig(pushTo("http://127.0.0.1:9999/"), rules);
    for (let at = 0; at < 6; at += 1) configs.set(caller, "fleet:0", { ...checked, id: `c${at}` });
    expect(configs.of(caller, "fleet:0").map(({ checked: { id } }) => id)).toEqual(["c2", "c3", "c4", "c5"]);
    for (let at = 0; at < 28; at += 1) configs.set(caller, `fleet:1${at}`, checked);
    expect(() => configs.expectRoom(caller)).toThrow(/too many/);
    const other = personOf("kim");
    expect(() => configs.expectRoom(other)).not.toThrow();
    expect(configs.of(other, "fleet:0")).toEqual([]);
  });
});
