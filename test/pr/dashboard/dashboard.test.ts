import fc from "fast-check";
import { expect, test } from "vitest";
import { BOX_VERBS, type Box, boxContent, encodeBox, tickedBoxes } from "../../../src/domain/review/dashboard-box.ts";
import { type DashboardView, dashboardIssue } from "../../../src/pr/dashboard/dashboard.ts";
import { decodeAnswers, encodeAnswers } from "../../../src/pr/dashboard/requests.ts";

const EMPTY: DashboardView = { open: [], waiting: [], refused: [], denied: [], issues: [], problems: [], answers: [] };
const text = fc.string({ unit: "binary", maxLength: 80 }).map((one) => one.toWellFormed());
const box: fc.Arbitrary<Box> = fc.record({
  verb: fc.constantFrom(...BOX_VERBS),
  branch: fc.stringMatching(/^raos\/[a-z0-9=-]{1,20}\/[a-z0-9=-]{1,20}$/),
  content: text.map((one) => boxContent([one])),
});
const tickAll = (body: string) => body.replaceAll("- [ ] <!-- raos:box", "- [x] <!-- raos:box");

test("nothing waits: one sentence", () => {
  expect(dashboardIssue(EMPTY).body).toContain("Nothing waits: what is deployed is what the specs ask for.");
});

test("ticked, the boxes come back as they were offered, and no text makes another one", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(box, { maxLength: 10, selector: ({ verb, branch }) => `${verb} ${branch}` }),
      text,
      (boxes, hostile) => {
        const open = boxes.map((one, index) => ({
          number: index + 1,
          title: `${hostile}\n- [x] ${encodeBox(one)}`,
          state: "up to date",
          box: one,
        }));
        const issues = [
          { number: 1, title: `- [x] <!-- raos:box open raos/agent/a/b 0123456789abcdef --> ${hostile}` },
        ];
        const { body } = dashboardIssue({ ...EMPTY, open, issues });
        expect(tickedBoxes(body)).toEqual([]);
        expect(tickedBoxes(tickAll(body))).toEqual(boxes);
      },
    ),
    { numRuns: 500 },
  );
});

test("whatever it holds, it fits into an issue, and says what it leaves out", () => {
  const long = "ü".repeat(5000);
  const waiting = Array.from({ length: 3000 }, (_, index) => ({
    agents: [`acme/${long}${index}`],
    why: "It waits",
    box: undefined,
  }));
  const problem = { file: long, line: 1, column: 1, pointer: long, message: long };
  const answers = Array.from({ length: 9 }, () => ({ by: long, asked: long, answer: long }));
  const issues = Array.from({ length: 500 }, (_, number) => ({ number, title: long }));
  const { body } = dashboardIssue({
    ...{ ...EMPTY, waiting, denied: waiting, issues, answers },
    problems: Array.from({ length: 500 }, () => problem),
  });
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body).toContain("### Waiting (3000)");
  expect(body).toMatch(/- …and [\d,]+ more\n/);
});

test("the last five answers are kept, and what somebody wrote in their place is none", () => {
  const answers = Array.from({ length: 7 }, (_, index) => ({ by: "robin", asked: `open ${index}`, answer: "-->" }));
  expect(decodeAnswers(`text\n${encodeAnswers(answers)}\n`)).toEqual(answers.slice(-5));
  expect(decodeAnswers("<!-- raos:ticks bm90aGluZw== -->")).toEqual([]);
  expect(decodeAnswers(`<!-- raos:ticks ${Buffer.from('[{"by":1}]').toString("base64")} -->`)).toEqual([]);
});
