import * as z from "zod";

/** GraphQL's `pageInfo`. */
export const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

/** One page of a GraphQL list; null stands for a list, or a node, that GitHub could not read. */
export interface CursorPage<T> {
  readonly pageInfo: z.infer<typeof PageInfo>;
  readonly nodes: readonly (T | null)[] | null;
}

export interface CursorPages<T> {
  /** Most pages to read. */
  readonly most: number;
  /** Reads the page after a cursor (null: the first); undefined where it cannot be read. */
  readonly read: (after: string | null) => Promise<CursorPage<T> | undefined>;
  /** Takes the nodes of a page, in order; a list that could not be read is one null. Returns whether to read the next page. */
  readonly take: (nodes: readonly (T | null)[]) => boolean;
}

/**
 * Reads a GraphQL list page by page. Returns whether it was read completely: false where `take` stopped, a page or a node
 * could not be read, or there are more pages than `most`. Throws what `read` throws.
 */
export async function readCursorPages<T>({ most, read, take }: CursorPages<T>): Promise<boolean> {
  let isComplete = true;
  let after: string | null = null;
  for (let page = 0; page < most; page += 1) {
    const found = await read(after);
    if (found === undefined) return false;
    const nodes = found.nodes ?? [null];
    if (nodes.includes(null)) isComplete = false;
    const { hasNextPage, endCursor } = found.pageInfo;
    if (!take(nodes)) return false;
    if (!hasNextPage) return isComplete;
    // A cursor that does not move would read the same page for ever.
    if (endCursor === null || endCursor === after) return false;
    after = endCursor;
  }
  return false;
}
