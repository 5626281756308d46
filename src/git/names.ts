/** Whether a text is a complete object id, not an abbreviation, a ref or an option. */
export function isOid(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/**
 * Whether Git can hold a file at this path: segments that are not empty, `.`, `..` or `.git` in any case, and no NUL.
 * The rules of `verify_path` in Git's read-cache.c, with a bound of 4,096 bytes.
 */
export function isTreePath(path: string): boolean {
  if (path === "" || path.includes("\0") || Buffer.byteLength(path) > 4096) return false;
  return path
    .split("/")
    .every((segment) => segment !== "" && segment !== "." && segment !== ".." && !/^(\.git|git~1)$/i.test(segment));
}

/**
 * Whether a ref name is legal by git-check-ref-format(1) and lies below `refs/`. At most 1,024 bytes, each segment at
 * most 240: longer ones are not legal file names on every system.
 */
export function isRefName(ref: string): boolean {
  if (!ref.startsWith("refs/") || Buffer.byteLength(ref) > 1024) return false;
  if (/[\p{Cc} ~^:?*[\\]/u.test(ref) || ref.includes("..") || ref.includes("@{") || ref.endsWith(".")) return false;
  const segments = ref.split("/");
  return segments.length > 2 && segments.every(isRefSegment);
}

function isRefSegment(segment: string): boolean {
  const length = Buffer.byteLength(segment);
  return length > 0 && length <= 240 && !segment.startsWith(".") && !segment.endsWith(".lock");
}
