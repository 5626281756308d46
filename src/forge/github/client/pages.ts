import { setTimeout as sleep } from "node:timers/promises";
import { RequestError } from "@octokit/request-error";

/** The items of a REST list, as far as its pages could be read. */
export interface Pages {
  readonly items: readonly unknown[];
  /** Why a page is missing; undefined: none is. */
  readonly error: unknown;
  /** Whether every page was read: none failed, and there are not more than are read. */
  readonly isWhole: boolean;
}

/** The answer of one of Octokit's typed methods. */
interface RestPage {
  readonly data: unknown;
  readonly headers: { readonly link?: string | undefined };
}

const PER_PAGE = 100;
/** Most pages of a listing: 10,000 installations, or repositories of one. */
const MOST = 100;
/** Attempts for a page, and the first wait between two, in milliseconds. */
const ATTEMPTS = 3;
const PAUSE = 500;

/**
 * Reads every page of a REST list. A page that fails is tried again. Where it keeps failing, the later pages that an earlier
 * answer named are still read. Never throws.
 */
export async function listRestPages(
  ask: (page: { readonly per_page: number; readonly page: number }) => Promise<RestPage>,
  listOf: (data: unknown) => unknown,
): Promise<Pages> {
  const items: unknown[] = [];
  let error: unknown;
  let last = 1;
  for (let page = 1; page <= Math.min(last, MOST); page += 1) {
    try {
      const { data, headers } = await withRetries(() => ask({ per_page: PER_PAGE, page }));
      const list = listOf(data);
      if (!Array.isArray(list)) throw new Error("the answer was cut off or of another shape");
      items.push(...list);
      last = Math.max(last, lastPage(headers.link ?? "", page));
    } catch (caught) {
      error ??= caught;
      // GitHub refuses the list, so it would refuse the other pages too.
      if (page === 1 && isRefusal(caught)) break;
    }
  }
  return { items, error, isWhole: error === undefined && last <= MOST };
}

async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || isRefusal(error)) throw error;
      await sleep(PAUSE * attempt ** 2);
    }
  }
}

/** Whether GitHub refused, and would refuse again; not an error of the server or the connection. */
function isRefusal(error: unknown): boolean {
  return error instanceof RequestError && error.status >= 400 && error.status < 500;
}

/** The last page that an answer's Link header names, by `rel="last"` or `rel="next"`. */
function lastPage(link: string, page: number): number {
  const last = /[?&]page=(\d{1,6})[^>]{0,500}>; rel="last"/.exec(link)?.[1];
  if (last !== undefined) return Number(last);
  return link.includes('rel="next"') ? page + 1 : page;
}
