import { setTimeout as sleep } from "node:timers/promises";
import type { Octokit } from "@octokit/core";
import { RequestError } from "@octokit/request-error";

/** What a listing came to, page by page. */
export interface Pages {
  readonly items: readonly unknown[];
  /** Why a page is missing; the others are there all the same. */
  readonly error: unknown;
  /** Whether every page was read. */
  readonly isWhole: boolean;
}

const PER_PAGE = 100;
/** Most pages of a listing: 10,000 installations, or repositories of one. */
const MOST = 100;
/** How often a page is asked for, and how long is waited before the second time. Milliseconds. */
const ATTEMPTS = 3;
const PAUSE = 500;

/**
 * Every page of a listing. A page that fails is asked for again; where it fails for good, the pages behind it are read all
 * the same, as far as an earlier answer said that there are any. Never throws.
 */
export async function pagesOf(octokit: Octokit, route: string, listOf: (data: unknown) => unknown): Promise<Pages> {
  const items: unknown[] = [];
  let error: unknown;
  let last = 1;
  for (let page = 1; page <= Math.min(last, MOST); page += 1) {
    try {
      const { data, headers } = await attempts(() => octokit.request(route, { per_page: PER_PAGE, page }));
      const list = listOf(data);
      if (!Array.isArray(list)) throw new Error("the answer was cut off or of another shape");
      items.push(...list);
      last = Math.max(last, lastPage(headers.link ?? "", page));
    } catch (caught) {
      error ??= caught;
      // Refused as a whole: the other pages would be too.
      if (page === 1 && isRefusal(caught)) break;
    }
  }
  return { items, error, isWhole: error === undefined };
}

async function attempts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || isRefusal(error)) throw error;
      await sleep(PAUSE * attempt ** 2);
    }
  }
}

/** A clear no, which another request would get too; a fault of the server or the way is none. */
function isRefusal(error: unknown): boolean {
  return error instanceof RequestError && error.status >= 400 && error.status < 500;
}

/** The last page there is, as far as an answer tells: `rel="last"`, or that there is a next one. */
function lastPage(link: string, page: number): number {
  const last = /[?&]page=(\d{1,6})[^>]{0,500}>; rel="last"/.exec(link)?.[1];
  if (last !== undefined) return Number(last);
  return link.includes('rel="next"') ? page + 1 : page;
}
