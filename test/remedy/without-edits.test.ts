import { describe, expect, test } from "vitest";
import type { DroppedEdit } from "../../src/domain/alert/incident.ts";
import { withoutEdits } from "../../src/remedy/without-edits.ts";

const dropped = (reason: DroppedEdit["reason"]): DroppedEdit => {
  return { at: "/spec/runtime/image", to: "a:1", by: "rule", reason, message: `because of ${reason}` };
};

describe("what to do where a remedy finds no edit", () => {
  test.each(["ask", "report", "none"] as const)("otherwise: %s decides", (otherwise) => {
    const next = {
      ask: { kind: "ask-model" },
      report: { kind: "report", reason: "report", reasons: [] },
      none: { kind: "nothing" },
    };
    expect(withoutEdits([dropped("condition-false")], otherwise)).toEqual(next[otherwise]);
  });

  test.each(["flapping", "undoes-a-person", "refused-by-a-person"] as const)(
    "%s is for a person to decide, whatever otherwise says",
    (reason) => {
      for (const otherwise of ["ask", "report", "none"] as const) {
        expect(withoutEdits([dropped("no-evidence"), dropped(reason)], otherwise)).toEqual({
          kind: "report",
          reason: "held-back",
          reasons: [`/spec/runtime/image to "a:1": because of ${reason}`],
        });
      }
    },
  );

  test("what a remedy holds back is for a person, and its notes say why", () => {
    const held = { kind: "report", reason: "held-back", reasons: [] };
    expect(withoutEdits([dropped("held-by-remedy")], "ask")).toEqual(held);
  });

  test("an edit that was dropped for partial evidence is reported, where no model is asked", () => {
    const reasons = ['/spec/runtime/image to "a:1": because of partial-evidence'];
    const report = { kind: "report", reason: "report", reasons };
    expect(withoutEdits([dropped("partial-evidence")], "none")).toEqual(report);
    expect(withoutEdits([dropped("partial-evidence")], "report")).toEqual(report);
    expect(withoutEdits([dropped("partial-evidence")], "ask")).toEqual({ kind: "ask-model" });
  });

  test("where a source answered in part nothing becomes a report, too", () => {
    expect(withoutEdits([dropped("condition-false")], "none", ["calls is partial: one store is away"])).toEqual({
      kind: "report",
      reason: "report",
      reasons: ["calls is partial: one store is away"],
    });
  });

  test("an edit that takes a value away is shown as null", () => {
    expect(withoutEdits([{ ...dropped("flapping"), to: undefined }], "ask")).toMatchObject({
      reasons: ["/spec/runtime/image to null: because of flapping"],
    });
  });
});
