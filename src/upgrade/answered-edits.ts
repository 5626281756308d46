import type { Edit } from "../domain/change-set.ts";
import type { UpgradedImage } from "../domain/fleet.ts";
import { imageReference } from "../domain/values/image.ts";
import { isNotNewer } from "./choose-tag.ts";
import type { UpgradeEdit } from "./upgrade-edits.ts";

/** The last pull request about an agent's image that people answered: they closed it, or it was merged. */
export interface AnsweredPull {
  readonly answer: "closed" | "merged";
  readonly edits: readonly Edit[];
}

/**
 * The edits that people have not answered. A version that they refused is not proposed again, and neither is one that was merged and
 * taken back since, by a person, a remedy or a revert: only a newer one is.
 */
export function withoutAnswered(
  edits: readonly UpgradeEdit[],
  last: AnsweredPull | undefined,
  images: readonly UpgradedImage[],
): readonly UpgradeEdit[] {
  return edits.filter((wanted) => {
    const { file, at } = wanted.edit;
    const earlier = last?.edits.find((one) => one.file === file && one.at === at);
    if (last === undefined || earlier === undefined || earlier.kind === "remove") return true;
    const rules = images.find((one) => one.at === at)?.rules ?? [];
    const { to } = earlier;
    return typeof to !== "string" || !isAnswered(wanted, to, last.answer, rules);
  });
}

function isAnswered(
  { upgrade: { from, to } }: UpgradeEdit,
  earlier: string,
  answer: AnsweredPull["answer"],
  rules: UpgradedImage["rules"],
): boolean {
  const [own, next, before] = [imageReference(from), imageReference(to), imageReference(earlier)];
  if (before.name !== next.name) return false;
  // The same tag with another digest: what was merged is what runs, so it is not about what was merged.
  if (answer === "merged" && own.tag === next.tag) return earlier === to;
  return rules.some((rule) => isNotNewer(next.tag, before.tag, rule));
}
