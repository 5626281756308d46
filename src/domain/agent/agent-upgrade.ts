import * as z from "zod";

/** Longest pattern, in characters. */
const LONGEST_PATTERN = 256;

/** Which newer images an agent moves to by itself. */
export const Upgrade = z
  .strictObject({
    range: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .describe(
        "Versions that may be proposed, as npm reads ranges, such as ^1.2 or >=2026.3 <2027; left out: every newer one, which a semantic version does not allow",
      ),
    scheme: z
      .enum(["semver", "calendar", "pattern"])
      .default("semver")
      .describe("How a tag is read: 1.2.3, 2026.11.28, or as runtime.upgrade.pattern says"),
    pattern: z
      .string()
      .min(1)
      .max(LONGEST_PATTERN)
      .optional()
      .describe(
        "RE2 pattern of a whole tag with the named groups major, minor, patch, build, prerelease and compatibility, such as (?<major>\\d+)-(?<compatibility>alpine); scheme: pattern only",
      ),
  })
  .describe("Which newer images are proposed, in a pull request that pins them by their digest");

/** Which newer images an agent moves to, as its spec says. */
export type UpgradeRule = z.infer<typeof Upgrade>;
