import { stockAgent } from "./agent.ts";
import { alerts } from "./alerts.ts";
import { coldPlan } from "./cold-plan.ts";
import { gitHubWrites } from "./github.ts";
import { investigation } from "./investigation.ts";
import { logSummary } from "./log-summary.ts";
import { manyRepositories } from "./many-repositories.ts";
import { mcp } from "./mcp.ts";
import { memory } from "./memory.ts";
import { oneChange } from "./one-change.ts";
import type { Row } from "./ratio.ts";
import { status } from "./status.ts";
import { rolloutVerdict } from "./verdict.ts";

/** `npm run bench [-- name …]`: the table of the README, as Markdown. Each ratio is taken in this very run. */

const BENCHES: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  "cold-plan": coldPlan,
  "one-change": oneChange,
  memory,
  github: gitHubWrites,
  alerts,
  investigation,
  "log-summary": logSummary,
  "many-repositories": manyRepositories,
  status,
  verdict: rolloutVerdict,
  agent: stockAgent,
  mcp,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0)
  throw new Error(`there is no bench ${unknown.join(", ")}; write ${Object.keys(BENCHES).join(", ")}`);

console.log("| | floor measured beside it | measured | reach |\n|---|---|---|---|");
for (const [name, run] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const row of await run()) console.log(`| ${row.what} | ${row.floor} | ${row.measured} | ${row.reach} |`);
}
