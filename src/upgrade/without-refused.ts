import type { Edit } from "../domain/change-set.ts";
import type { UpgradedImage } from "../domain/fleet.ts";
import { imageReference } from "../domain/values/image.ts";
import { isNotNewer } from "./choose-tag.ts";
import type { UpgradeEdit } from "./upgrade-edits.ts";

/** The edits that name a newer version than the one that a person refused for the same value. `refused` are the edits of that pull request. */
export function withoutRefusedVersions(
  edits: readonly UpgradeEdit[],
  refused: readonly Edit[],
  images: readonly UpgradedImage[],
): readonly UpgradeEdit[] {
  return edits.filter(({ edit, upgrade }) => {
    const earlier = refused.find(({ file, at }) => file === edit.file && at === edit.at);
    if (earlier === undefined || earlier.kind === "remove" || typeof earlier.to !== "string") return true;
    const [before, now] = [imageReference(earlier.to), imageReference(upgrade.to)];
    const rules = images.find(({ at }) => at === edit.at)?.rules ?? [];
    return before.name !== now.name || !rules.some((rule) => isNotNewer(now.tag, before.tag, rule));
  });
}
