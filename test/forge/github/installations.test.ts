import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { beforeEach, describe, expect, test } from "vitest";
import { createInstallations, type InstalledRepository } from "../../../src/forge/github/installations.ts";
import { listen } from "../../servers/loopback.ts";

/** A GitHub App with several installations, some of which go wrong. */

const KEY = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });

type Answer = (request: IncomingMessage, response: ServerResponse, page: number) => void;

let answers: Record<string, Answer>;
let asked: string[];
let url: string;

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

const repositories = (...names: readonly string[]) =>
  json(200, {
    total_count: names.length,
    repositories: names.map((full_name, index) => ({ id: 1 + index, full_name })),
  });

beforeEach(async () => {
  answers = {};
  asked = [];
  url = await listen((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://x");
    const page = Number(searchParams.get("page") ?? 1);
    const token = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(pathname)?.[1];
    const of = /token-(\d+)$/.exec(request.headers.authorization ?? "")?.[1];
    const name =
      token !== undefined ? `token ${token}` : pathname === "/app/installations" ? "installations" : `list ${of}`;
    asked.push(page > 1 ? `${name} ${page}` : name);
    const given = json(201, { token: `token-${token}`, expires_at: "2099-01-01T00:00:00Z", permissions: {} });
    (answers[name] ?? (token === undefined ? json(404, {}) : given))(request, response, page);
  });
});

function app(now: () => number = Date.now) {
  const failures: (readonly [number | undefined, string])[] = [];
  const installations = createInstallations({
    appId: 1,
    privateKey: String(KEY),
    baseUrl: url,
    timeout: 300,
    now,
    failed: (id, error) => failures.push([id, error.code]),
  });
  const names = async () => {
    const found: InstalledRepository[] = [];
    for await (const one of installations.repositories()) found.push(one);
    return found.map(({ repo }) => repo).sort();
  };
  return { failures, installations, names };
}

const two = () => {
  answers.installations = json(200, [{ id: 1 }, { id: 2 }]);
  answers["list 2"] = repositories("good/one", "good/two");
};

describe("an installation that cannot be read", () => {
  test.each<[string, () => void, string]>([
    [
      "is suspended",
      () => {
        answers["token 1"] = json(403, { message: "This installation has been suspended" });
      },
      "forbidden",
    ],
    [
      "was deleted",
      () => {
        answers["token 1"] = json(404, { message: "Not Found" });
      },
      "not-found",
    ],
    [
      "lacks permissions",
      () => {
        answers["list 1"] = json(403, { message: "Resource not accessible by integration" });
      },
      "forbidden",
    ],
    [
      "is rate limited",
      () => {
        answers["list 1"] = json(403, { message: "API rate limit exceeded" }, { "x-ratelimit-remaining": "0" });
      },
      "rate-limited",
    ],
    [
      "meets a fault of the server",
      () => {
        answers["list 1"] = json(502, { message: "Bad Gateway" });
      },
      "unavailable",
    ],
    [
      "answers another shape",
      () => {
        answers["list 1"] = json(200, { repositories: 7 });
      },
      "unavailable",
    ],
    [
      "answers no JSON",
      () => {
        answers["list 1"] = (_, response) =>
          void response.writeHead(200, { "content-type": "application/json" }).end("{");
      },
      "unavailable",
    ],
    [
      "names a repository that is none",
      () => {
        answers["list 1"] = repositories("../../etc");
      },
      "unavailable",
    ],
    [
      "hangs",
      () => {
        answers["list 1"] = () => {};
      },
      "unavailable",
    ],
    [
      "drips",
      () => {
        answers["list 1"] = (_, response) => {
          response.writeHead(200, { "content-type": "application/json" });
          const drip = setInterval(() => response.write(" "), 20);
          response.on("close", () => clearInterval(drip));
        };
      },
      "unavailable",
    ],
  ])("since it %s, does not hold up the others, and is named", async (_, spoil, code) => {
    two();
    spoil();
    const { names, failures, installations } = app();
    expect(await names()).toEqual(["good/one", "good/two"]);
    expect(failures).toEqual([[1, code]]);
    expect(installations.failing()).toBe(1);
  });

  test("rests, longer each time, and is well again once it answers", async () => {
    two();
    answers["token 1"] = json(403, { message: "suspended" });
    let now = 0;
    const { names, installations } = app(() => now);
    const tries = async () => {
      asked = [];
      await names();
      return asked.filter((name) => name === "token 1").length;
    };
    expect(await tries()).toBe(1);
    now = 59_000;
    expect(await tries()).toBe(0);
    now = 61_000;
    expect(await tries()).toBe(1);
    now = 150_000;
    expect(await tries()).toBe(0);
    delete answers["token 1"];
    answers["list 1"] = repositories("back/again");
    now = 200_000;
    expect(await names()).toEqual(["back/again", "good/one", "good/two"]);
    expect(installations.failing()).toBe(0);
  });

  test("keeps what was known of it where GitHub does not say that it is gone", async () => {
    two();
    answers["list 1"] = repositories("known/one");
    const { names } = app();
    expect(await names()).toEqual(["good/one", "good/two", "known/one"]);
    answers["list 1"] = json(500, {});
    expect(await names()).toEqual(["good/one", "good/two", "known/one"]);
  });

  test("rings for the others before it has answered", async () => {
    two();
    answers["list 1"] = () => {};
    const first = await app().installations.repositories().next();
    expect(first.value).toMatchObject({ installation: 2 });
  });
});

describe("a page of a listing that fails", () => {
  const paged =
    (pages: readonly Answer[]): Answer =>
    (request, response, page) => {
      response.setHeader(
        "link",
        `<${url}/x?page=${pages.length}>; rel="last"${page < pages.length ? `, <x>; rel="next"` : ""}`,
      );
      pages[page - 1]?.(request, response, page);
    };

  test("loses no other page of repositories", async () => {
    answers.installations = json(200, [{ id: 1 }]);
    answers["list 1"] = paged([repositories("a/one"), json(500, {}), repositories("a/three")]);
    const { names, failures } = app();
    expect(await names()).toEqual(["a/one", "a/three"]);
    expect(failures).toEqual([[1, "unavailable"]]);
  });

  test("loses no other page of installations, and none that is known", async () => {
    answers.installations = paged([
      json(200, [{ id: 1 }]),
      json(200, [{ id: 2 }, { id: "no" }]),
      json(200, [{ id: 3 }]),
    ]);
    for (const id of [1, 2, 3]) answers[`list ${id}`] = repositories(`a/r${id}`);
    const { names, failures } = app();
    expect(await names()).toEqual(["a/r1", "a/r2", "a/r3"]);
    answers.installations = paged([json(200, [{ id: 1 }]), json(500, {}), json(200, [{ id: 3 }])]);
    expect(await names()).toEqual(["a/r1", "a/r2", "a/r3"]);
    expect(failures).toEqual([
      [undefined, "unavailable"],
      [undefined, "unavailable"],
    ]);
    answers.installations = json(200, [{ id: 3 }, { id: 1, suspended_at: "2026-01-01T00:00:00Z" }]);
    expect(await names()).toEqual(["a/r3"]);
  });

  test("the first of all, with nothing known, is an error", async () => {
    answers.installations = json(500, {});
    await expect(app().names()).rejects.toMatchObject({ name: "ForgeError", code: "unavailable" });
  });
});
