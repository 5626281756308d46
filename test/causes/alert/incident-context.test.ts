import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beganAt, cooldownOf, isRefused } from "../../../src/causes/alert/incident-context.ts";
import { BEGAN, ownAlert } from "../../support/alerts/alert-of.ts";
import { remedyOf } from "../../support/alerts/remedy-of.ts";
import { pullRequest } from "../../support/forge/pull-request.ts";

const MINUTE = 60_000;

/** An alert that started so many minutes after the others, and ended so many after that, or fires. */
function alert(startedMinute: number, endedMinute?: number) {
  const startsAt = BEGAN + startedMinute * MINUTE;
  return ownAlert(
    "acme/triage",
    {},
    { startsAt, endsAt: endedMinute === undefined ? undefined : BEGAN + endedMinute * MINUTE },
  );
}

describe("when an incident began", () => {
  test.each([
    ["with the first alert that fires", [alert(5), alert(3), alert(9)], 3],
    ["not with one that ended, while another fires", [alert(1, 2), alert(5)], 5],
    ["with the first of all, where all ended", [alert(4, 6), alert(1, 2)], 1],
  ])("%s", (_, alerts, minute) => {
    expect(beganAt(alerts)).toBe(BEGAN + minute * MINUTE);
  });

  test("the order of its alerts does not matter", () => {
    const alerts = fc.array(
      fc
        .tuple(fc.nat(60), fc.option(fc.nat(60), { nil: undefined }))
        .map(([start, more]) => alert(start, more === undefined ? undefined : start + more)),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(fc.property(alerts, (list) => beganAt(list.toReversed()) === beganAt(list)));
  });
});

describe("how long an incident rests", () => {
  test.each([
    ["as its remedy says", remedyOf("  on: {alerts: [AgentEvicted]}\n  cooldown: 30m\n"), 30 * MINUTE],
    ["an hour, where no remedy answers", undefined, 60 * MINUTE],
  ])("%s", (_, remedy, cooldown) => {
    expect(cooldownOf({ remedy })).toBe(cooldown);
  });
});

describe("a pull request that a person refused", () => {
  test.each([
    ["is closed by a person", { state: "closed", closedByBot: false }, true],
    ["is not one that the bot closed", { state: "closed", closedByBot: true }, false],
    ["is not a merged one", { state: "merged", closedByBot: false }, false],
    ["is not an open one", { state: "open", closedByBot: false }, false],
  ] as const)("%s", (_, changed, expected) => {
    expect(isRefused(pullRequest(changed))).toBe(expected);
  });
});
