import { expect, test } from "vitest";
import type { Evidence } from "../../../src/domain/alert/evidence.ts";
import type { AgentRequest } from "../../../src/domain/request/agent-request.ts";
import { measuredValues } from "../../../src/pr/request/measured.ts";
import { requestSection } from "../../../src/pr/request/request-section.ts";

const MEBIBYTE = 1024 * 1024;
const AT = Date.parse("2026-06-01T12:00:00Z");
const of = (name: string) => ({ id: name, name, query: name });

const EVIDENCE: readonly Evidence[] = [
  {
    ...{ kind: "series", id: "e1", name: "metrics", query: 'max(used_bytes{pod="a"})', link: undefined, unit: "count" },
    ...{ series: [], threshold: undefined },
    stats: { min: 8 * MEBIBYTE, max: 480 * MEBIBYTE, mean: 0, p95: 0, last: 480 * MEBIBYTE, count: 2 },
  },
  { kind: "logs", ...of("e2"), link: undefined, lines: 0, templates: [] },
  { kind: "objects", ...of("e3"), lines: ["a: Running", "b:\nPending", "c", "d"], value: [] },
  { kind: "history", ...of("e4"), commits: [], previous: undefined },
  { kind: "objects", ...of("e5"), lines: ["x".repeat(1000)], value: [] },
];

test("evidence is a sentence each, on one line, in the unit of the metric's name", () => {
  expect(measuredValues(EVIDENCE).map(({ id, says }) => [id, says.slice(0, 50)])).toEqual([
    ["e1", "least 8 Mi, most 480 Mi, last 480 Mi"],
    ["e2", "0 lines"],
    ["e3", "a: Running; b: Pending; c"],
    ["e4", ""],
    ["e5", "x".repeat(50)],
  ]);
  expect(measuredValues(EVIDENCE).at(-1)?.says.length).toBe(300);
});

test("a reviewer reads what was measured below the asker's words, and none of it is Markdown", () => {
  const values = [{ id: "e1", query: "a`</details>", says: "<img src=x> [click](https://evil.example) @everyone" }];
  const request: AgentRequest = {
    ...{ id: "x", wants: "change", agent: "acme/a", words: "More.", assumptions: [] },
    from: { kind: "person", login: "robin" },
    measured: { at: AT, values },
  };
  const text = requestSection(request, undefined);
  expect(text).toContain("**Measured**, as RAOS read it at 2026-06-01 12:00 UTC:\n\n- ``a`</details>`` (e1): ");
  expect(text).not.toMatch(/<img|\]\(https|@everyone/);
});
