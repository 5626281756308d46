import { describe, expect, test } from "vitest";
import type { Edit } from "../../../src/domain/change-set.ts";
import type { Json } from "../../../src/domain/values/scalars.ts";
import { findRefusal, withoutRefused } from "../../../src/remedy/bounds/refused-edits.ts";

const MEMORY = "/spec/runtime/resources/limits/memory";
const IMAGE = "/spec/runtime/image";

const inFile = (at: string, agent = "acme/a") => {
  return { agent, file: `agents/${agent}.yaml`, at, why: "", by: "rule" } as const;
};
const set = (at: string, from: Json | undefined, to: Json, agent?: string): Edit => {
  return { kind: "set", ...inFile(at, agent), from, to };
};
const remove = (at: string, from: Json): Edit => ({ kind: "remove", ...inFile(at), from });
const add = (at: string, to: Json): Edit => ({ kind: "add", ...inFile(at), to });

describe("a change that a person refused", () => {
  test.each<readonly [name: string, refused: Edit, now: Edit, isRefused: boolean]>([
    ["the same", set(MEMORY, "512Mi", "640Mi"), set(MEMORY, "512Mi", "640Mi"), true],
    ["the same way, further", set(MEMORY, "512Mi", "640Mi"), set(MEMORY, "512Mi", "2Gi"), true],
    ["the same way, from another value", set(MEMORY, "512Mi", "640Mi"), set(MEMORY, "600Mi", "750Mi"), true],
    ["the other way", set(MEMORY, "512Mi", "640Mi"), set(MEMORY, "512Mi", "400Mi"), false],
    ["no limit any more", set(MEMORY, "512Mi", "640Mi"), remove(MEMORY, "512Mi"), false],
    [
      "another value",
      set(MEMORY, "512Mi", "640Mi"),
      set("/spec/runtime/resources/requests/memory", "1Mi", "2Mi"),
      false,
    ],
    ["another file", set(MEMORY, "512Mi", "640Mi"), set(MEMORY, "512Mi", "640Mi", "acme/b"), false],
    ["a number where none was", add(MEMORY, "512Mi"), set(MEMORY, undefined, "640Mi"), true],
    ["the same rollback", set(IMAGE, "a:1.1", "a:1.0"), set(IMAGE, "a:1.1", "a:1.0"), true],
    ["a rollback of a later release", set(IMAGE, "a:1.1", "a:1.0"), set(IMAGE, "a:1.2", "a:1.0"), false],
    ["another image", set(IMAGE, "a:1.1", "a:1.0"), set(IMAGE, "a:1.1", "a:0.9"), false],
    ["the same removal, of another value", remove(MEMORY, "512Mi"), remove(MEMORY, "1Gi"), true],
  ])("%s", (_, refused, now, expected) => {
    expect(findRefusal(now, [{ pull: 7, edit: refused }])?.pull).toBe(expected ? 7 : undefined);
  });

  test("the edits of one agent are made together or not at all; those of others stay", () => {
    const limit = set("/spec/environments/production/runtime/resources/limits/memory", "512Mi", "640Mi");
    const request = set("/spec/runtime/resources/requests/memory", "256Mi", "512Mi");
    const other = set(MEMORY, "512Mi", "640Mi", "acme/b");
    const { edits, dropped } = withoutRefused([request, limit, other], [{ pull: 7, edit: limit }]);
    expect(edits).toEqual([other]);
    const sentence = "a person closed a pull request that changes this value in the same way, less than a week ago";
    expect(dropped).toEqual([
      {
        at: request.at,
        to: "512Mi",
        by: "rule",
        reason: "refused-by-a-person",
        message: `${sentence}: it belongs to the change of ${MEMORY}, which pull request 7 asked for`,
      },
      { at: MEMORY, to: "640Mi", by: "rule", reason: "refused-by-a-person", message: `${sentence}: pull request 7` },
    ]);
  });
});
