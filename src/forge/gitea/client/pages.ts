import * as z from "zod";
import type { GiteaClient } from "./client.ts";

/** The items of a list, as far as its pages were read. */
export interface GiteaList<T> {
  readonly items: readonly T[];
  /** Whether every page was read, or `enough` said that no more are needed. */
  readonly complete: boolean;
  /** Whether an item had another shape. */
  readonly unreadable: boolean;
}

export interface GiteaListing<T> {
  readonly doing: string;
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly shape: z.ZodType<T>;
  /** Most pages that are read. */
  readonly most: number;
  /** Whether the list ends with an empty page alone: a timeline's headers count only what its page shows. */
  readonly endsEmpty?: boolean;
  /** Throws why there is no such list (404), or returns where it is empty then. */
  readonly absent: () => Promise<void>;
  /** Whether no later page is needed, given one page. */
  readonly enough?: (page: readonly T[]) => boolean;
}

/** Items of a page: the largest that a Gitea answers as it is installed (`[api] MAX_RESPONSE_ITEMS`). */
export const PAGE = 50;

/**
 * Reads the pages of a list, one after the other. An item of another shape ends the list, which is then not complete. Throws
 * ForgeError where a page cannot be read.
 */
export async function listPages<T>(client: GiteaClient, listing: GiteaListing<T>): Promise<GiteaList<T>> {
  const { doing, path, query, shape, most, absent, enough = () => false } = listing;
  const items: T[] = [];
  let seen = 0;
  for (let page = 1; page <= most; page += 1) {
    const parameters = new URLSearchParams({ ...query, limit: String(PAGE), page: String(page) });
    // Gitea answers null for an empty list of some kinds.
    const found = await client.read(doing, `${path}?${parameters}`, z.array(z.unknown()).nullable());
    if (found === undefined) {
      await absent();
      return { items, complete: true, unreadable: false };
    }
    const listed = found.data ?? [];
    const read = listed.map((item) => shape.safeParse(item));
    const known = read.flatMap((one) => (one.success ? [one.data] : []));
    items.push(...known);
    if (known.length < read.length) return { items, complete: false, unreadable: true };
    seen += listed.length;
    const isLast = listed.length === 0 || (listing.endsEmpty !== true && !hasNext(found.headers, seen, listed.length));
    if (isLast || enough(known)) return { items, complete: true, unreadable: false };
  }
  return { items, complete: false, unreadable: false };
}

/** Whether a later page exists, by `Link`, or by `X-Total-Count` where a server's pages are smaller than asked for. */
function hasNext(headers: Headers, seen: number, length: number): boolean {
  const link = headers.get("link");
  if (link !== null) return link.includes('rel="next"');
  const total = Number(headers.get("x-total-count") ?? Number.NaN);
  return total > seen || (Number.isNaN(total) && length >= PAGE);
}
