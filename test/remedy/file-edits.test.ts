import { describe, expect, test } from "vitest";
import type { WantedEdit } from "../../src/domain/alert/incident.ts";
import type { Json } from "../../src/domain/values/scalars.ts";
import { toFileEdits } from "../../src/remedy/file-edits.ts";
import { agentWith } from "../support/specs/agent.ts";

const agent = agentWith("scaling: {min: 1, max: 4, hpa: {cpu: 70}}", "environments: {production: {scaling: {max: 9}}}");
const subjects = [{ agent, environment: "production" }];

function wanted(at: string, to: Json | undefined, changed: Partial<WantedEdit> = {}): WantedEdit {
  const kind = to === undefined ? "remove" : "set";
  return { kind, agent: "demo/hello", at, from: undefined, to, why: "So.", by: "rule", evidence: ["e1"], ...changed };
}

describe("an edit of a value in effect, as an edit of the file that sets it", () => {
  const file = { agent: "demo/hello", file: "agents/demo/hello.yaml", why: "So.", by: "rule" };
  test.each<readonly [title: string, edit: WantedEdit, expected: object]>([
    [
      "in the agent, where its overlay says nothing of it",
      wanted("/spec/scaling/min", 2),
      { ...file, kind: "set", at: "/spec/scaling/min", from: 1, to: 2 },
    ],
    [
      "in the overlay, where that sets the value",
      wanted("/spec/scaling/max", 20),
      { ...file, kind: "set", at: "/spec/environments/production/scaling/max", from: 9, to: 20 },
    ],
    [
      "one that takes away what only the agent sets",
      wanted("/spec/scaling/hpa", undefined),
      { ...file, kind: "remove", at: "/spec/scaling/hpa", from: { cpu: 70 } },
    ],
    [
      "one that takes away what the agent sets below the overlay: null hides it",
      wanted("/spec/scaling/max", undefined),
      { ...file, kind: "set", at: "/spec/environments/production/scaling/max", from: 9, to: null },
    ],
    [
      "of the model stays the model's",
      wanted("/spec/scaling/min", 2, { by: "model", why: "It is busy." }),
      { ...file, kind: "set", at: "/spec/scaling/min", from: 1, to: 2, by: "model", why: "It is busy." },
    ],
  ])("%s", (_, edit, expected) => {
    expect(toFileEdits(subjects, [edit])).toEqual([expected]);
  });

  test.each<readonly [title: string, edit: WantedEdit]>([
    ["of another agent", wanted("/spec/scaling/min", 2, { agent: "demo/other" })],
    ["of the whole spec", wanted("/spec", {})],
    ["that takes away what is not there", wanted("/spec/labels/team", undefined)],
  ])("%s is left out", (_, edit) => {
    expect(toFileEdits(subjects, [edit])).toEqual([]);
    expect(toFileEdits(subjects, [edit, wanted("/spec/scaling/min", 2)])).toHaveLength(1);
  });

  test("of an environment that the agent is not in is left out", () => {
    expect(toFileEdits([{ agent, environment: "moon" }], [wanted("/spec/scaling/min", 2)])).toEqual([]);
  });
});
