import { expect, onTestFinished, test } from "vitest";
import { createGiteaForge } from "../../../src/forge/gitea/forge.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { json, startLoopback } from "../../servers/loopback.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const SHA = "a".repeat(40);

/** A pull request from a fork, as a Gitea answers it. */
const fromFork = (number: number) => ({
  ...{ number, html_url: `http://x/pulls/${number}`, title: "T", body: "", state: "open", merged: false, comments: 0 },
  ...{
    user: { id: 9, login: "sam" },
    labels: [],
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
  },
  head: { label: "raos/agent/a/b", ref: "raos/agent/a/b", sha: SHA, repo_id: 2 },
  base: { label: "main", ref: "main", sha: SHA, repo_id: 1 },
});

/** A Gitea with so many open pull requests, of which `closed` is closed after so many lists were answered. */
async function start(count: number, closed: { readonly number: number; readonly after: number } | undefined) {
  let lists = 0;
  const server = await startLoopback((response, { url = "" }) => {
    const { pathname, searchParams } = new URL(url, "http://x");
    if (pathname.endsWith("/user")) return json(response, { id: 7, login: "raos-bot" });
    if (!pathname.endsWith("/pulls")) return void response.writeHead(404).end();
    lists += 1;
    const isClosed = closed !== undefined && lists > closed.after;
    const open = Array.from({ length: count }, (_, index) => index + 1).filter((n) => !isClosed || n !== closed.number);
    const [limit, page] = [Number(searchParams.get("limit")), Number(searchParams.get("page"))];
    const shown = open.slice((page - 1) * limit, page * limit);
    response.setHeader("link", page * limit < open.length ? '<x>; rel="next"' : "");
    return json(response, shown.map(fromFork));
  });
  onTestFinished(() => server.stop());
  const cache = temporaryFolder();
  const repository = await openRepository(`${server.url}/acme/fleet`, { env: process.env, cache });
  const where = { url: server.url, owner: "acme", name: "fleet", token: "0123456789abcdef" };
  const forge = createGiteaForge({ ...where, repository, retryBase: 1 });
  onTestFinished(async () => {
    await forge.dispose();
    await repository.close();
  });
  const asked = () => server.asked.map(({ url }) => new URL(url, "http://x").searchParams.get("page")).filter(Boolean);
  return { forge, asked };
}

test("one page is read once", async () => {
  const { forge, asked } = await start(50, undefined);
  expect(await forge.pullRequests([])).toEqual({ pulls: [], complete: true, account: "raos-bot" });
  expect(asked()).toEqual(["1"]);
});

test("several pages are read once where nothing was closed meanwhile, which one more request shows", async () => {
  const { forge, asked } = await start(120, undefined);
  expect((await forge.pullRequests([])).complete).toBe(true);
  expect(asked()).toEqual(["1", "2", "3", "100"]);
});

test.each([1, 50, 99])(
  "where #%s is closed between two pages, a later one would be missed: they are read again",
  async (number) => {
    const { forge, asked } = await start(120, { number, after: 2 });
    expect((await forge.pullRequests([])).complete).toBe(true);
    expect(asked()).toEqual(["1", "2", "3", "100", "1", "2", "3", "100"]);
  },
);

test("what is closed after its page was read moves none that is still to be read", async () => {
  const { forge, asked } = await start(120, { number: 119, after: 3 });
  expect((await forge.pullRequests([])).complete).toBe(true);
  expect(asked()).toEqual(["1", "2", "3", "100"]);
});
