import type { Path } from "../../domain/values/scalars.ts";
import { OBJECT_LIMIT } from "./batch-parser.ts";

/** Content used for a file above the limit: one byte more than the limit, so that its reader reports the size. */
export function tooLargeContent(): Uint8Array {
  return new Uint8Array(OBJECT_LIMIT + 1);
}

/** The paths of a sorted list that are below a folder; "" is all of them. */
export function* pathsBelow(sorted: readonly Path[], folder: Path): Generator<Path> {
  const prefix = folder === "" ? "" : `${folder}/`;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < prefix) low = middle + 1;
    else high = middle;
  }
  for (let path = sorted[low]; path?.startsWith(prefix); path = sorted[low]) {
    yield path;
    low += 1;
  }
}
