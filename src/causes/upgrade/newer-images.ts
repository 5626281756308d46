import { inSlices } from "../../deadline/slices.ts";
import type { UpgradeRule } from "../../domain/agent/agent-upgrade.ts";
import type { AgentFacts, UpgradedImage } from "../../domain/fleet.ts";
import { imageReference } from "../../domain/values/image.ts";
import type { RegistryFailure, RegistryReader, TagList } from "../../observe/registry/registry-answers.ts";
import { choosingTag, type TagChoice } from "../../upgrade/choose-tag.ts";
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
  for (const upgraded of upgrades) {
    const list = lists.get(imageReference(upgraded.image).name);
    if (list?.kind !== "tags") return list ?? NOT_READ;
    const wanted = await wantedTag(registry, list, upgraded);
    if (wanted.kind === "failed") return wanted;
    if (wanted.kind === "none") continue;
    const read = await registry.image(upgraded.image, wanted.tag);
    if (read.kind === "failed") return read;
    const { digest, created, platforms } = read;
    images.push({ at: upgraded.at, tag: wanted.tag, digest, created, platforms });
  }
  return { kind: "found", images };
}

type WantedTag = { readonly kind: "tag"; readonly tag: string } | { readonly kind: "none" } | RegistryFailure;

/** The tag that the value should name; none where it is the newest already, and names what it is pinned to. */
async function wantedTag(registry: RegistryReader, list: TagList, { image, rules }: UpgradedImage): Promise<WantedTag> {
  const { tag, digest } = imageReference(image);
  const choice = await chooseOnce(list, tag, rules);
  if (choice.kind === "newer") return { kind: "tag", tag: choice.tag };
  if (choice.kind === "unknown" || digest === "" || !list.tags.includes(tag)) return { kind: "none" };
  const now = await registry.digest(image, tag);
  if (now.kind === "failed") return now;
  return now.digest === digest ? { kind: "none" } : { kind: "tag", tag };
}

/** The choices of each list: many agents have the same image and the same rule. */
const CHOICES = new WeakMap<TagList, Map<string, Promise<TagChoice>>>();

function chooseOnce(list: TagList, tag: string, rules: readonly UpgradeRule[]): Promise<TagChoice> {
  const known = CHOICES.get(list) ?? new Map<string, Promise<TagChoice>>();
  CHOICES.set(list, known);
  const key = JSON.stringify([tag, rules]);
  const choice = known.get(key) ?? inSlices(choosingTag(tag, list.tags, rules));
  known.set(key, choice);
  return choice;
}

const NOT_READ: RegistryFailure = { kind: "failed", reason: "unreadable", message: "its registry was not read" };
