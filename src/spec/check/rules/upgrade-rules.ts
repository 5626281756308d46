import type { AgentSpec } from "../../../domain/agent/agent.ts";
import type { UpgradeRule } from "../../../domain/agent/agent-upgrade.ts";
import { tagRange } from "../../../domain/upgrade/tag-range.ts";
import { tagReader } from "../../../domain/upgrade/tag-reader.ts";
import { imageReference } from "../../../domain/values/image.ts";
import { displayValue } from "../../problems/display-value.ts";
import type { SpecFault } from "./spec-fault.ts";

const PATH = ["runtime", "upgrade"];

/** Upgrades that can never happen. */
export function upgrades({ runtime }: AgentSpec): readonly SpecFault[] {
  const { upgrade, image } = runtime;
  if (upgrade === undefined) return [];
  if (image === undefined)
    return [{ path: PATH, message: "the stock runtime is not upgraded by it; write runtime.image, or remove it" }];
  const wrong = fieldFaults(upgrade);
  return wrong.length > 0 ? wrong : tagFaults(image, upgrade);
}

/** An upgrade of an image that stays, since another environment has the same value and no rule. */
export function heldUpgrades({ runtime }: AgentSpec): readonly SpecFault[] {
  if (runtime.upgrade === undefined || runtime.image === undefined) return [];
  const message =
    "an environment without it has the same value of runtime.image, which so never moves; write it for all of them, or an image of its own into the overlay";
  return [{ path: PATH, message }];
}

function fieldFaults(upgrade: UpgradeRule): readonly SpecFault[] {
  const { scheme, range, pattern } = upgrade;
  if (scheme !== "pattern" && pattern !== undefined)
    return [{ path: [...PATH, "pattern"], message: "only scheme: pattern reads it; write that, or remove it" }];
  if (scheme === "pattern" && pattern === undefined)
    return [{ path: [...PATH, "scheme"], message: "scheme: pattern needs a pattern; add runtime.upgrade.pattern" }];
  if (scheme === "semver" && range === undefined)
    return [{ path: PATH, message: "nothing says how far it may go; add range, such as ^1.2" }];
  const reader = tagReader(upgrade);
  if ("problem" in reader) return [{ path: [...PATH, "pattern"], message: reader.problem }];
  const allowed = tagRange(upgrade);
  if (!("problem" in allowed)) return [];
  return [{ path: [...PATH, "range"], message: `${displayValue(range ?? "")} ${allowed.problem}` }];
}

/** Nothing is newer than an image whose tag says no version, or than one that is above the whole range. */
function tagFaults(image: string, upgrade: UpgradeRule): readonly SpecFault[] {
  const [reader, range] = [tagReader(upgrade), tagRange(upgrade)];
  if ("problem" in reader || "problem" in range) return [];
  const path = ["runtime", "image"];
  const { tag, digest } = imageReference(image);
  if (tag === "") {
    const what = digest === "" ? "has no tag" : "is pinned by its digest and has no tag";
    return [
      { path, message: `it ${what}, so that nothing says what is newer; write name:1.2.3, with its digest or without` },
    ];
  }
  const own = reader(tag);
  if (own === undefined) return [{ path, message: `its tag ${displayValue(tag)} ${NO_VERSION[upgrade.scheme]}` }];
  if (!range.isBelow(own.version)) return [];
  const message = `${displayValue(upgrade.range ?? "")} allows nothing newer than ${displayValue(tag)}; raise it`;
  return [{ path: [...PATH, "range"], message }];
}

const NO_VERSION: Readonly<Record<UpgradeRule["scheme"], string>> = {
  semver: "is no semantic version; write one such as 1.2.3, or set runtime.upgrade.scheme",
  calendar: "is no calendar version; write one such as 2026.11.28, or set runtime.upgrade.scheme",
  pattern: "is not what runtime.upgrade.pattern matches; correct one of the two",
};
