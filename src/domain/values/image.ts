import { withoutTrailing } from "./trim.ts";

/** A container image reference taken apart, as container runtimes read it. */
export interface ImageReference {
  /** Registry and repository, spelled out: `redis` is `docker.io/library/redis`. */
  readonly name: string;
  readonly registry: string;
  /** "" where there is none; a runtime then takes `latest`. */
  readonly tag: string;
  /** `sha256:…`, "" where there is none. */
  readonly digest: string;
}

/**
 * Takes an image reference apart, by the rules of github.com/distribution/reference: the first part is a registry where
 * it holds a dot or a colon or is `localhost`; else the image is Docker Hub's.
 */
export function imageReference(image: string): ImageReference {
  const [beforeDigest = "", digest = ""] = split(image, image.indexOf("@"));
  const lastSlash = beforeDigest.lastIndexOf("/");
  const colon = beforeDigest.indexOf(":", lastSlash + 1);
  const [path = "", tag = ""] = split(beforeDigest, colon);
  const slash = path.indexOf("/");
  const first = slash < 0 ? "" : path.slice(0, slash);
  if (first.includes(".") || first.includes(":") || first === "localhost") {
    return { name: path, registry: first, tag, digest };
  }
  return { name: `docker.io/${slash < 0 ? "library/" : ""}${path}`, registry: "docker.io", tag, digest };
}

/** The image with another tag, pinned by a digest; written as it was, so that `redis` does not become `docker.io/library/redis`. */
export function pinnedImage(image: string, tag: string, digest: string): string {
  const [beforeDigest = ""] = image.split("@");
  const colon = beforeDigest.indexOf(":", beforeDigest.lastIndexOf("/") + 1);
  return `${colon < 0 ? beforeDigest : beforeDigest.slice(0, colon)}:${tag}@${digest}`;
}

/** Whether the image lies in a registry, or below a prefix of one such as `ghcr.io/acme`. */
export function isFrom(image: string, registry: string): boolean {
  const { name } = imageReference(image);
  return name.startsWith(`${withoutTrailing(registry, "/")}/`);
}

function split(text: string, at: number): readonly [string, string] {
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
