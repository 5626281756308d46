import type { AgentFacts } from "../../domain/fleet.ts";
import { imageReference } from "../../domain/values/image.ts";
import type { RegistryFailure, RegistryReader, TagList } from "../../observe/registry/registry-answers.ts";
import { chooseTag } from "../../upgrade/choose-tag.ts";
import type { FoundImage } from "../../upgrade/upgrade-edits.ts";

/** The tags of each repository of images, by its name. */
export type TagLists = ReadonlyMap<string, TagList | RegistryFailure>;

/** What the registries have for the images of an agent; or that one of them does not say. */
export type NewerImages = { readonly kind: "found"; readonly images: readonly FoundImage[] } | RegistryFailure;

/**
 * Finds the image of each value: that of the newest tag that is allowed, or, where none is newer and the value is pinned by a digest,
 * the one that its own tag names now. All or nothing, so that what is proposed does not depend on which registry answers.
 */
export async function findNewerImages(
  registry: RegistryReader,
  lists: TagLists,
  { upgrades = [] }: AgentFacts,
): Promise<NewerImages> {
  const images: FoundImage[] = [];
  for (const { at, image, rules } of upgrades) {
    const { name, tag: own, digest } = imageReference(image);
    const list = lists.get(name);
    if (list?.kind !== "tags") return list ?? NOT_READ;
    const choice = chooseTag(own, list.tags, rules);
    const isStill = choice.kind === "newest" && digest !== "" && list.tags.includes(own);
    const tag = choice.kind === "newer" ? choice.tag : isStill ? own : undefined;
    if (tag === undefined) continue;
    const read = await registry.image(image, tag);
    if (read.kind === "failed") return read;
    images.push({ at, tag, digest: read.digest, created: read.created, platforms: read.platforms });
  }
  return { kind: "found", images };
}

const NOT_READ: RegistryFailure = { kind: "failed", reason: "unreadable", message: "its registry was not read" };
