import type { Instant } from "../../domain/values/scalars.ts";

/** Why a registry did not say what it was asked. */
export interface RegistryFailure {
  readonly kind: "failed";
  readonly reason: "unreachable" | "refused" | "rate-limited" | "not-found" | "unreadable" | "too-large";
  /** A sentence that names the registry, and holds nothing that it sent. */
  readonly message: string;
  /** Until when it is not asked again, where it said so. */
  readonly retryAt?: Instant;
}

/** The tags of a repository of images, each valid by the grammar of OCI's distribution specification. */
export interface TagList {
  readonly kind: "tags";
  readonly tags: readonly string[];
}

/** An image, or an index of images for several platforms. */
export interface ImageInRegistry {
  readonly kind: "image";
  /** `sha256:…` of the bytes of its manifest or index, which RAOS has counted itself. */
  readonly digest: string;
  /** When it was made, by its own word: RFC 3339; undefined where it does not say. */
  readonly created: string | undefined;
  /** Such as `linux/amd64`, sorted; empty where it does not say. */
  readonly platforms: readonly string[];
}

/** What a tag names now, by the registry's own word. */
export interface TagDigest {
  readonly kind: "digest";
  readonly digest: string;
}

/** Reads registries of images. Never throws; what it was told is remembered for an hour. */
export interface RegistryReader {
  /** The tags beside an image such as `ghcr.io/acme/triage:1.2.3`. */
  tags(image: string): Promise<TagList | RegistryFailure>;
  /** The digest of what a tag names; registries do not count this as a pull. */
  digest(image: string, tag: string): Promise<TagDigest | RegistryFailure>;
  /** What a tag of the image's repository names now. */
  image(image: string, tag: string): Promise<ImageInRegistry | RegistryFailure>;
}
