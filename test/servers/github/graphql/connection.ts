import { GraphQLError } from "graphql";

export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** A page of a list as GitHub's connections show it: 1 to 100 items, opaque cursors, and always an explicit size. */
export function connection<T, S>(
  items: readonly T[],
  page: PageArguments,
  shape: (item: T) => S,
): Readonly<Record<string, unknown>> {
  const size = page.first ?? page.last;
  if (size === undefined || size === null)
    throw new GraphQLError("You must provide a `first` or `last` value to properly paginate the connection.", {
      extensions: { type: "MISSING_PAGINATION_BOUNDARIES" },
    });
  if (size > 100)
    throw new GraphQLError(`Requesting ${size} records on the connection exceeds the \`first\` limit of 100 records.`, {
      extensions: { type: "EXCESSIVE_PAGINATION" },
    });
  if (size < 0) throw new GraphQLError("`first` on the connection cannot be less than zero.");
  const from = page.after ? decode(page.after) : 0;
  const to = page.before ? decode(page.before) - 1 : items.length;
  const start = page.first === undefined || page.first === null ? Math.max(from, to - size) : from;
  const end = page.first === undefined || page.first === null ? to : Math.min(to, from + size);
  const nodes = (): S[] => items.slice(start, end).map(shape);
  return {
    totalCount: items.length,
    nodes,
    edges: () => nodes().map((node, index) => ({ node, cursor: encode(start + index + 1) })),
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: start < end ? encode(start + 1) : null,
      endCursor: start < end ? encode(end) : null,
    },
  };
}

const encode = (position: number): string => Buffer.from(`cursor:${position}`).toString("base64");

function decode(cursor: string): number {
  const [, position] = /^cursor:(\d+)$/.exec(Buffer.from(cursor, "base64").toString()) ?? [];
  if (position === undefined)
    throw new GraphQLError(`\`${cursor}\` does not appear to be a valid cursor.`, {
      extensions: { type: "INVALID_CURSOR_ARGUMENTS" },
    });
  return Number(position);
}
