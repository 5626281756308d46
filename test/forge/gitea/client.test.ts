import { describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { createGate } from "../../../src/deadline/gate.ts";
import { createGiteaClient } from "../../../src/forge/gitea/client/client.ts";
import { listPages } from "../../../src/forge/gitea/client/pages.ts";
import { readGiteaVersion } from "../../../src/forge/gitea/probe.ts";
import { json, type Loopback, startLoopback } from "../../servers/loopback.ts";

const TOKEN = "0123456789abcdef0123456789abcdef01234567";
const Number_ = z.object({ n: z.int() });

type Answer = Parameters<typeof startLoopback>[0];

async function start(answer: Answer, timeout = 2000) {
  const server = await startLoopback(answer);
  onTestFinished(() => server.stop());
  const warnings: string[] = [];
  const client = createGiteaClient({
    ...{ url: server.url, token: TOKEN, timeout, fetch, retryBase: 1, patience: 1 },
    gate: createGate(4),
    warn: (_, message) => void warnings.push(message),
  });
  return { server, client, warnings };
}

/** Answers one after the other; the last one again and again. */
function inTurn(...answers: readonly Answer[]): Answer {
  let count = 0;
  return (response, request, body) => {
    answers[Math.min(count, answers.length - 1)]?.(response, request, body);
    count += 1;
  };
}

const status =
  (code: number, text = "", headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end(text);
const fine: Answer = (response) => json(response, { n: 1 });
const sent = ({ asked }: Loopback) => asked.map(({ method }) => method).join(" ");

describe("reads", () => {
  test.each<[string, Answer]>([
    ["an error of the server", status(502, "<html>bad gateway</html>")],
    ["an answer that is cut off", status(200, '{"n": ')],
    ["a page for people", status(200, "<html>sign in</html>")],
    ["a connection that ends", (response) => void response.destroy()],
    ["a rate limit that passes", status(429, "", { "retry-after": "0" })],
  ])("are repeated after %s", async (_, first) => {
    const { client, server } = await start(inTurn(first, fine));
    expect(await client.get("read it", "/thing", Number_)).toEqual({ n: 1 });
    expect(sent(server)).toBe("GET GET");
  });

  test.each<[string, Answer, string, RegExp]>([
    ["401", status(401, '{"message":"token is bad"}'), "unauthorized", /read it: Gitea answered 401: token is bad/],
    ["403", status(403, '{"message":"no scope"}'), "forbidden", /no scope/],
    ["423, of an archived repository", status(423, "{}"), "forbidden", /archived/],
    ["422", status(422, '{"message":"odd"}'), "invalid", /odd/],
    ["500 again and again", status(500, "oops"), "unavailable", /answered 500$/],
    ["another shape", status(200, '{"n":"one"}'), "unavailable", /another shape/],
    ["never JSON", status(200, "hello"), "unavailable", /another shape/],
    ["a long rate limit", status(429, "", { "retry-after": "3600" }), "rate-limited", /3600 seconds/],
    ["more than is read", (response) => void response.end("x".repeat(33 * 1024 * 1024)), "unavailable", /too large/],
    ["nothing", () => {}, "unavailable", /no answer came in time/],
  ])("fail with a word: %s", async (_, answer, code, message) => {
    const { client } = await start(answer, 1500);
    const failed = client.get("read it", "/thing", Number_);
    await expect(failed).rejects.toMatchObject({ name: "ForgeError", code, message: expect.stringMatching(message) });
    await expect(failed).rejects.not.toThrow(TOKEN);
  });

  test("404 is nothing, and asked once", async () => {
    const { client, server } = await start(status(404, '{"message":"not here"}'));
    expect(await client.get("read it", "/thing", Number_)).toBeUndefined();
    expect(sent(server)).toBe("GET");
  });
});

describe("writes", () => {
  const post = { method: "POST" as const, path: "/things", body: { a: 1 } };

  test("are sent once: what has no answer, or an error of the server, may have been done", async () => {
    for (const answer of [status(500), (response) => void response.destroy()] satisfies Answer[]) {
      const { client, server } = await start(answer);
      expect(await client.write("make it", post, Number_)).toMatchObject({
        kind: "lost",
        error: { code: "unavailable" },
      });
      expect(sent(server)).toBe("POST");
    }
  });

  test("are sent again after a rate limit, which refuses before anything is done", async () => {
    const { client, server, warnings } = await start(inTurn(status(429, "", { "retry-after": "0" }), fine));
    expect(await client.write("make it", post, Number_)).toEqual({ kind: "done", data: { n: 1 } });
    expect(sent(server)).toBe("POST POST");
    expect(warnings).toEqual(["Gitea's rate limit"]);
  });

  test("that are refused say with which status", async () => {
    const { client } = await start(status(409, '{"message":"exists"}'));
    expect(await client.write("make it", post, Number_)).toMatchObject({
      kind: "refused",
      status: 409,
      error: { code: "conflict" },
    });
  });
});

describe("the token", () => {
  test("goes to its own server alone: a redirect to another host is an error, for reads and writes", async () => {
    const other = await startLoopback(fine);
    onTestFinished(() => other.stop());
    for (const code of [301, 302, 307, 308]) {
      const { client, server } = await start(status(code, "", { location: `${other.url}/api/v1/thing` }));
      await expect(client.get("read it", "/thing", Number_)).rejects.toMatchObject({ code: "unavailable" });
      const written = await client.write("make it", { method: "POST", path: "/things", body: {} }, Number_);
      expect(written.kind).toBe("lost");
      expect(server.asked[0]?.headers.authorization).toBe(`token ${TOKEN}`);
    }
    expect(other.asked).toEqual([]);
  });

  test("a repository that was renamed is found on the same server", async () => {
    const { client } = await start((response, { url = "" }) => {
      if (url.endsWith("/new")) json(response, { n: 2 });
      else response.writeHead(307, { location: "/api/v1/new" }).end();
    });
    expect(await client.get("read it", "/old", Number_)).toEqual({ n: 2 });
    expect(await client.write("make it", { method: "PATCH", path: "/old", body: {} }, Number_)).toMatchObject({
      kind: "done",
    });
  });

  test("is not sent to ask a server what it is", async () => {
    const { server } = await start((response) => json(response, { version: "1.26.0" }));
    expect(await readGiteaVersion(server.url)).toBe("1.26.0");
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
  });
});

describe("a server that says what it is", () => {
  test.each<[string, Answer]>([
    ["404", status(404)],
    ["a redirect", status(302, "", { location: "/api/v1/version" })],
    ["a page", status(200, "<html></html>")],
    ["another shape", status(200, '{"version": {"major": 1}}')],
    ["hostile words", status(200, JSON.stringify({ version: "1\n::error::x" }))],
    ["too much", status(200, JSON.stringify({ version: "1", more: "x".repeat(10_000) }))],
    ["nothing", (response) => void response.destroy()],
  ])("with %s is none", async (_, answer) => {
    const { server } = await start(answer);
    expect(await readGiteaVersion(server.url)).toBeUndefined();
  });

  test.each(["1.26.0", "1.27.0+dev-30-gabc", "11.0.1+gitea-1.22.0"])("%s is one", async (version) => {
    const { server } = await start((response) => json(response, { version }));
    expect(await readGiteaVersion(server.url)).toBe(version);
  });
});

describe("lists", () => {
  const pages =
    (sizes: readonly number[], headers: (page: number) => Readonly<Record<string, string>>): Answer =>
    (response, { url = "" }) => {
      const page = Number(new URL(url, "http://x").searchParams.get("page"));
      const items = Array.from({ length: sizes[page - 1] ?? 0 }, (_, index) => ({ n: page * 1000 + index }));
      response.writeHead(200, headers(page)).end(JSON.stringify(items));
    };
  const list = (client: Awaited<ReturnType<typeof start>>["client"], more = {}) =>
    listPages(client, {
      doing: "list",
      path: "/things",
      query: {},
      shape: Number_,
      most: 4,
      absent: async () => {},
      ...more,
    });

  test.each<[string, readonly number[], (page: number) => Readonly<Record<string, string>>, number, number]>([
    [
      "ends where no link leads on",
      [50, 3],
      (page) => (page === 1 ? { link: '<x>; rel="next"' } : { link: "" }),
      53,
      2,
    ],
    ["ends where the count is reached", [50, 50], () => ({ "x-total-count": "100" }), 100, 2],
    ["goes on where a server's pages are smaller", [30, 30, 1], () => ({ "x-total-count": "61" }), 61, 3],
    ["ends with a short page where nothing is said", [50, 7], () => ({}), 57, 2],
  ])("%s", async (_, sizes, headers, count, requests) => {
    const { client, server } = await start(pages(sizes, headers));
    expect(await list(client)).toMatchObject({ complete: true, items: { length: count } });
    expect(server.asked).toHaveLength(requests);
  });

  test("that never end are cut, and say so", async () => {
    const { client, server } = await start(pages([50, 50, 50, 50, 50], () => ({ link: '<x>; rel="next"' })));
    expect(await list(client)).toMatchObject({ complete: false, unreadable: false, items: { length: 200 } });
    expect(server.asked).toHaveLength(4);
  });

  test("with an item of another shape are not complete; null is an empty one", async () => {
    const { client } = await start(status(200, '[{"n":1},{"n":"two"}]'));
    expect(await list(client)).toEqual({ items: [{ n: 1 }], complete: false, unreadable: true });
    const { client: other } = await start(status(200, "null"));
    expect(await list(other)).toEqual({ items: [], complete: true, unreadable: false });
  });

  test("a page that fails is an error, not an end", async () => {
    const { client } = await start((response, { url = "" }) => {
      if (url.includes("page=2")) response.writeHead(500).end();
      else response.writeHead(200, { link: '<x>; rel="next"' }).end('[{"n":1}]');
    });
    await expect(list(client)).rejects.toMatchObject({ code: "unavailable" });
  });
});
