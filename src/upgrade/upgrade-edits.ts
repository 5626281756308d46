import type { Edit } from "../domain/change-set.ts";
import type { AgentFacts } from "../domain/fleet.ts";
import type { ImageUpgrade } from "../domain/upgrade/image-upgrade.ts";
import { imageReference, pinnedImage } from "../domain/values/image.ts";
import type { JsonPointer } from "../domain/values/scalars.ts";

/** What a value of the spec becomes, and what is known of the image. */
export interface FoundImage {
  readonly at: JsonPointer;
  readonly tag: string;
  readonly digest: string;
  readonly created: string | undefined;
  readonly platforms: readonly string[];
}

/** An edit of a spec, and the newer image that it names. */
export interface UpgradeEdit {
  readonly edit: Edit;
  readonly upgrade: ImageUpgrade;
}

/** The edits that set the images of an agent to those that were found, by tag and digest. What is so already gives none. */
export function upgradeEdits(
  { key, path, upgrades = [] }: AgentFacts,
  found: readonly FoundImage[],
): readonly UpgradeEdit[] {
  return upgrades.flatMap(({ at, image, environments, rules }): readonly UpgradeEdit[] => {
    const next = found.find((one) => one.at === at);
    const to = next === undefined ? image : pinnedImage(image, next.tag, next.digest);
    if (next === undefined || to === image) return [];
    const ranges = rules.map(({ range = "" }) => range);
    const { created, platforms } = next;
    return [
      {
        edit: {
          kind: "set",
          agent: key,
          file: path,
          at,
          from: image,
          to,
          why: whyOf(image, next.tag, ranges),
          by: "rule",
        },
        upgrade: { environments, from: image, to, created, platforms },
      },
    ];
  });
}

function whyOf(image: string, tag: string, ranges: readonly string[]): string {
  const own = imageReference(image).tag;
  if (own === tag) return `The tag ${tag} names another image now than the one that the spec pins.`;
  const named = ranges.filter((range) => range !== "");
  const allowed = named.length === 0 ? "is the newest" : `is the newest that ${named.join(" and ")} allows`;
  return `${tag} ${allowed}; the spec has ${own}.`;
}
