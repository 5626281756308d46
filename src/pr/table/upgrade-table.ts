import type { ImageUpgrade } from "../../domain/upgrade/image-upgrade.ts";
import { imageReference } from "../../domain/values/image.ts";
import { code, some, table } from "../markdown.ts";

/** Most images of one pull request: one for each environment that has its own. */
const MOST = 32;

/** What the registry says about each newer image; empty where there is none. All of it was written by whoever pushed the image. */
export function upgradeTable(upgrades: readonly ImageUpgrade[]): string {
  if (upgrades.length === 0) return "";
  const rows = upgrades.slice(0, MOST).map(({ environments, from, to, created, platforms }) => {
    const [old, next] = [imageReference(from), imageReference(to)];
    return [
      code(next.name, 160),
      `${code(old.tag, 80)} → ${code(next.tag, 80)}`,
      code(next.digest, 80),
      created === undefined ? "" : code(created.slice(0, 10)),
      some(
        platforms.map((platform) => code(platform, 60)),
        6,
      ),
      some(
        environments.map((name) => code(name, 63)),
        5,
      ),
    ];
  });
  return table(["image", "version", "digest", "made on", "platforms", "in"], rows);
}
