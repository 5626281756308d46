import { temporaryFolder } from "../test/real/process/loopback.ts";
import { startOpenAI } from "../test/servers/openai/server.ts";
import { ANSWER, type Program, programs, type Running } from "./agent/processes.ts";
import { median, milliseconds, type Row, timed, times } from "./ratio.ts";

const STARTS = 5;
const ROUNDS = 4;
const TASKS = 50;
const AT_ONCE = 8;

/**
 * The stock agent beside the bare Agents SDK in an HTTP server, both before the same scripted model on loopback: cold start, tasks a
 * second with eight callers, how long a task takes, resident memory after warm-up and after 200 tasks more.
 */
export async function stockAgent(): Promise<readonly Row[]> {
  const folder = await temporaryFolder();
  const model = await startOpenAI(() => ({ kind: "say", text: ANSWER }));
  const both = await programs(folder.path, model.url);
  const starts = await pairs(STARTS, async () => ({
    floor: await coldStart(both.bare),
    ours: await coldStart(both.ours),
  }));
  const [bare, ours] = [await both.bare.start(), await both.ours.start()];
  for (const one of [bare, ours]) await load(one);
  const warm = { floor: bare.memory(), ours: ours.memory() };
  const rounds = await pairs(ROUNDS, async () => ({ floor: await load(bare), ours: await load(ours) }));
  const after = { floor: bare.memory(), ours: ours.memory() };
  for (const one of [bare, ours, model, folder]) await ("stop" in one ? one.stop() : one.remove());

  const start = ratioOf(starts);
  const rate = ratioOf(rounds.map(({ floor, ours }) => ({ floor: floor.perSecond, ours: ours.perSecond })));
  const late = ratioOf(rounds.map(({ floor, ours }) => ({ floor: floor.p95, ours: ours.p95 })));
  const megabytes = (value: number) => `${value.toFixed(0)} MB`;
  return [
    {
      what: "stock agent: cold start, spawn → healthy",
      floor: `bare Agents SDK in an HTTP server: ${milliseconds(start.floor)}`,
      measured: `${times(start.ratio)} (${milliseconds(start.ours)})`,
      reach: "≤ 1.5 ×",
    },
    {
      what: `the same: tasks a second, ${AT_ONCE} callers, scripted model`,
      floor: `the same: ${rate.floor.toFixed(0)}`,
      measured: `${times(rate.ratio)} (${rate.ours.toFixed(0)})`,
      reach: "≥ 0.5 ×",
    },
    {
      what: "the same: p95 of a task",
      floor: `the same: ${milliseconds(late.floor)}`,
      measured: `${times(late.ratio)} (${milliseconds(late.ours)})`,
      reach: "≤ 2 ×",
    },
    {
      what: `the same: memory of a replica, warm; after ${ROUNDS * TASKS} tasks more`,
      floor: `the same: ${megabytes(warm.floor)}; ${megabytes(after.floor)}`,
      measured: `${times(warm.ours / warm.floor)} (${megabytes(warm.ours)}); ${times(after.ours / after.floor)} (${megabytes(after.ours)})`,
      reach: "≤ 1.3 ×",
    },
  ];
}

/** One after the other, so that both meet the same noise. */
async function pairs<T>(rounds: number, work: () => Promise<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let round = 0; round < rounds; round += 1) found.push(await work());
  return found;
}

function ratioOf(measured: readonly { readonly floor: number; readonly ours: number }[]) {
  return {
    floor: median(measured.map(({ floor }) => floor)),
    ours: median(measured.map(({ ours }) => ours)),
    ratio: median(measured.map(({ floor, ours }) => ours / floor)),
  };
}

async function coldStart(program: Program): Promise<number> {
  const running = await program.start();
  await running.stop();
  return running.coldStart;
}

/** Some callers ask one task after the other, until all are answered. */
async function load(running: Running): Promise<{ readonly perSecond: number; readonly p95: number }> {
  const took: number[] = [];
  let left = TASKS;
  const caller = async () => {
    while (left-- > 0) took.push(await timed(running.ask));
  };
  const all = await timed(() => Promise.all(Array.from({ length: AT_ONCE }, caller)));
  return { perSecond: (TASKS / all) * 1000, p95: took.toSorted((a, b) => a - b)[Math.floor(TASKS * 0.95)] ?? 0 };
}
