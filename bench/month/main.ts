import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { runMonth } from "./month.ts";
import { reportOf, silentOnes } from "./report.ts";

const PAGE = resolve(import.meta.dirname, "../../docs/a-month-of-alerts.md");

/** The part of the page that is written by hand: what other seeds gave. */
function otherSeeds(page: string): string {
  const start = page.indexOf("\n## Other seeds");
  return start < 0 ? "" : page.slice(start);
}

/** `npm run bench:month -- [--seed N] [--days 30] [--agents 100] [--incidents N] [--only NAME]… [--verbose] [--write]`. */
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    days: { type: "string", default: "30" },
    agents: { type: "string", default: "100" },
    incidents: { type: "string", default: "59" },
    only: { type: "string", multiple: true },
    verbose: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const [seed, days, agents, incidents] = [values.seed, values.days, values.agents, values.incidents].map(Number);
const started = performance.now();
const numbers = { seed: seed ?? 1, days: days ?? 30, agents: agents ?? 100, incidents: incidents ?? 59 };
const log = values.verbose ? { log: (line: string) => console.error(line) } : {};
const result = await runMonth({ ...numbers, ...log, ...(values.only === undefined ? {} : { only: values.only }) });
const text = reportOf(numbers, result);
console.log(text);
console.log(`${result.passes} passes in ${Math.round((performance.now() - started) / 1000)} s`);
for (const scenario of silentOnes(result.answers)) console.log(`no alert was ever raised: ${scenario}`);
if (values.write) writeFileSync(PAGE, `${text}${otherSeeds(readFileSync(PAGE, "utf8"))}`);
process.exitCode = result.verdicts.some(({ why }) => why !== undefined) ? 1 : 0;
