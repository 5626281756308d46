import { hash } from "node:crypto";

/** Hexadecimal digits of a digest. */
const SHOWN = 10;
const STAMP = /^valuesDigest: "[0-9a-f]{1,64}"\n/m;

/** The key of the chart's values that holds the digest. */
export const DIGEST_KEY = "valuesDigest";

/** The annotation of a workload by which charts/agent shows the digest of the values that it was made from. */
export const DIGEST_ANNOTATION = "raos.dev/values-digest";

/** The digest of the text of a values.yaml: the first ten digits of its SHA-256, without the line that holds the digest itself. */
export function valuesDigest(text: string): string {
  return hash("sha256", text.replace(STAMP, "")).slice(0, SHOWN);
}

/** The text with its digest in a line of its own after the head, the comment at its beginning. */
export function stampDigest(head: string, text: string, digest: string): string {
  return `${head}${DIGEST_KEY}: "${digest}"\n${text.slice(head.length)}`;
}
