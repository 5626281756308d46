import { Octokit } from "@octokit/rest";
import { describe, expect, test } from "vitest";
import { listRestPages } from "../../../../src/forge/github/client/pages.ts";

/** Reads a list whose pages hold their number, and which names this last page. */
async function read(last: number) {
  const pages: number[] = [];
  const octokit = new Octokit({
    request: {
      fetch: async (url: string) => {
        const page = Number(new URL(url).searchParams.get("page"));
        pages.push(page);
        const link = `<https://api.github.com/app/installations?page=${last}>; rel="last"`;
        return Response.json([page], { headers: { link } });
      },
    },
  });
  return { pages, ...(await listRestPages(octokit.rest.apps.listInstallations, (data) => data)) };
}

describe("the pages of a REST list", () => {
  test.each([1, 3, 100])("of %i, all are read", async (last) => {
    const { pages, items, isWhole } = await read(last);
    expect(pages).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect(items).toEqual(pages);
    expect(isWhole).toBe(true);
  });

  test("of more than a hundred, a hundred are read, and the list is not whole", async () => {
    const { pages, error, isWhole } = await read(101);
    expect(pages).toHaveLength(100);
    expect(error).toBeUndefined();
    expect(isWhole).toBe(false);
  });
});
