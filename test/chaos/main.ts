import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { KINDS, type Kind, makeTemplate, roundsOf } from "./rounds.ts";
import { isClean, sumOf, type Tally } from "./tally.ts";

const USAGE = `npm run chaos -- [--kills 1000] [--seed 1] [--only 'serve, killed,…'] [--lanes 2]
                [--without expired-token,stale]

Ends real \`raos\` processes in the middle, on repositories on disk and on a test GitHub that fails in every way it can,
and says what was lost, doubled, or left so that somebody is stopped. Loopback only; ends by itself; exit code 1 where
anything was.`;

/** Rounds of one kind in one folder, which is then thrown away. */
const PART = 50;
const WIDTHS = [46, 7, 14, 6, 12, 9, 7, 8] as const;
const NAMES = ["what", "kills", "acknowledged", "lost", "duplicates", "stopped", "wrong", "faults"] as const;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string", default: "" },
    without: { type: "string", default: "" },
    lanes: { type: "string", default: "2" },
    help: { type: "boolean", default: false },
  },
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
if (values.help) console.log(USAGE);
else await main(Number(values.kills), Number(values.seed));

async function main(kills: number, seed: number): Promise<void> {
  console.log(`seed ${seed}`);
  const kinds = Object.keys(KINDS).filter((kind): kind is Kind => values.only === "" || kind.includes(values.only));
  // Of one kind no more than fifty at a time: a fleet has so many agents, and a folder is thrown away in between.
  const each = Math.ceil(kills / kinds.length);
  const parts = kinds.flatMap((kind) =>
    Array.from({ length: Math.ceil(each / PART) }, (_, part) => ({ kind, rounds: Math.min(PART, each - part * PART) })),
  );
  const ground = makeTemplate(PART * 4);
  process.once("exit", () => rmSync(ground.root, { recursive: true, force: true, maxRetries: 5 }));
  const found: Tally[] = [];
  const waiting = parts.map((part, index) => ({ ...part, seed: seed + index }));
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const tally = await roundsOf(next.kind, next.rounds, next.seed, ground, values.without.split(","));
      found.push(tally);
      console.log(`${isClean(tally) ? "ok " : "BAD"} seed ${next.seed}: ${row(tally)}`);
      for (const line of [...tally.stopped, ...tally.wrong, ...tally.said].slice(0, 8))
        console.log(`      ${line.slice(0, 400)}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
  const all = kinds.map((kind) =>
    sumOf(
      kind,
      found.filter(({ what }) => what === kind),
    ),
  );
  const total = sumOf("all", all);
  console.log(`\n${cells(NAMES)}\n${[...all, total].map(row).join("\n")}\n`);
  for (const [fault, count] of Object.entries(total.faults)) console.log(`${fault.padEnd(20)} ${count}`);
  if (!isClean(total)) process.exitCode = 1;
}

function row({ what, kills, acknowledged, lost, duplicates, stopped, wrong, faults }: Tally): string {
  const befallen = Object.values(faults).reduce((sum, count) => sum + count, 0);
  return cells([what, kills, acknowledged, lost, duplicates, stopped.length, wrong.length, befallen]);
}

function cells(values_: readonly (string | number)[]): string {
  return values_.map((value, index) => String(value).padEnd(WIDTHS[index] ?? 8)).join(" ");
}
