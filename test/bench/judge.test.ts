import { expect, test } from "vitest";
import { makeAgents, settingsOf } from "../../bench/month/fleet.ts";
import { incidentOf, only, within } from "../../bench/month/incident.ts";
import { tallyOf, whyWrong } from "../../bench/month/judge.ts";
import { chanceOf } from "../../bench/month/random.ts";
import { changesBetween } from "../../bench/month/repository.ts";

const LIMIT = "runtime.resources.limits.memory";
const chance = chanceOf(1);
const [agent] = makeAgents(1, chance);
if (agent === undefined) throw new Error("there is no agent");
const settings = settingsOf(agent.text, "production");
const { memoryLimit } = settings;
const expected = {
  expects: "edit",
  hours: 1,
  judge: only({ [LIMIT]: within(memoryLimit * 1.2, memoryLimit * 2, 2) }),
} as const;
const scenario = { name: "grew", make: () => expected };
const incident = incidentOf(scenario, { agent, start: 0, chance, settings });

/** What is said of a pull request that changes the spec so. */
function judged(edit: (text: string) => string, tries = 0, about = [incident]) {
  return whyWrong(changesBetween(agent?.text ?? "", edit(agent?.text ?? "")), about, () => tries).why;
}
const to = (share: number) => (text: string) =>
  text.replace(/(limits: \{cpu: "1", memory: )\d+Mi/, `$1${(memoryLimit * share) / 2 ** 20}Mi`);

test.each([
  ["a limit that is enough", to(1.25), 0, undefined],
  ["a limit that is too small", to(1.05), 0, "it is too little to help"],
  ["a limit that is far too large", to(4), 0, "it is far more than is needed"],
  ["the third try", to(1.25), 2, "it repeats what did not help"],
  [
    "another value",
    (text: string) => text.replace("max: 6", "max: 9"),
    0,
    "this value has nothing to do with the cause",
  ],
  ["another environment", (text: string) => text.replace("max: 3", "max: 9"), 0, "it changes another environment"],
])("judges %s", (_what, edit, tries, why) => {
  expect(judged(edit, tries)).toBe(why);
});

test("an agent that is well needs no edit", () => {
  expect(judged(to(1.25), 0, [])).toBe("nothing is wrong with the agent");
});

test("a report where an edit would have helped counts as missed", () => {
  const answer = { incident, alerts: 1, right: 0, wrong: 0, reports: 1, skipped: 0 };
  const tally = tallyOf("grew", [answer, { ...answer, reports: 0 }, { ...answer, right: 1 }]);
  expect(tally).toMatchObject({ incidents: 3, missed: 1, unanswered: 1, editsRight: 1, reportsRight: 1 });
});
