import { type LogLine, summarise } from "../src/logs/log-summary.ts";
import { redactAll } from "../src/observe/redact.ts";
import { milliseconds, paired, type Row, times } from "./ratio.ts";

const LINES = 100_000;
const ROUNDS = 5;

/**
 * What 100,000 lines of an agent's log take to become templates, and to be redacted first; beside it a pass that parses the
 * same lines out of JSON, as they come from Loki, and splits them into words.
 */
export async function logSummary(): Promise<readonly Row[]> {
  const texts = Array.from({ length: LINES }, (_, n) => KINDS[n % 200 === 0 ? 3 : n % 40 === 0 ? 2 : n % 2]?.(n) ?? "");
  const answer = JSON.stringify(texts);
  const floor = () => {
    const parsed: readonly string[] = JSON.parse(answer);
    return parsed.reduce((words, line) => words + line.split(" ").length, 0);
  };
  const lines = (clean: readonly string[]): readonly LogLine[] => clean.map((line, at) => ({ at, line }));
  const most = { deployedAt: LINES / 2, most: 30 };
  const summary = await paired(ROUNDS, floor, () => summarise(lines(texts), most));
  const whole = await paired(ROUNDS, floor, async () => summarise(lines(await redactAll(texts)), most));
  const counted = LINES.toLocaleString("en-US");
  const row = (what: string, { ours, floor: least, ratio }: typeof summary, reach: string): Row => ({
    what,
    floor: `JSON parsed and lines split: ${milliseconds(least)}`,
    measured: `${milliseconds(ours)} (${times(ratio)})`,
    reach,
  });
  return [
    row(`${counted} log lines summarised`, summary, "< 2 s"),
    row(`${counted} log lines redacted, then summarised`, whole, "< 2 s"),
  ];
}

const hex = (n: number) => (n * 2_654_435_761).toString(16).padStart(12, "0");

const KINDS: readonly ((n: number) => string)[] = [
  (n) => `INFO ticket ${n} routed to queue ${n % 7} in ${(n % 90) + 10} ms request_id=${hex(n)}`,
  (n) =>
    `{"level":"info","msg":"cache hit for customer ${n % 500} ttl ${n % 3600}","trace":"${hex(n)}","tokens":${n % 900}}`,
  (n) =>
    `time="2026-05-04T10:00:00Z" level=warn msg="slow call to http://tickets-mcp: ${1000 + (n % 900)} ms" app_id=triage`,
  (n) => `ERROR cannot reach postgres://triage:hunter${n}@db.example:5432/app for ticket ${n}`,
];
