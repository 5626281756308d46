import { expect, test } from "vitest";
import {
  assertInTime,
  beyondDeadline,
  DeadlineError,
  passSignal,
  signalWithin,
  untilDeadline,
  withinDeadline,
} from "../../src/deadline/deadline.ts";
import { createInvestigations } from "../../src/model/investigations.ts";
import { createModelStore } from "../../src/model/model-store.ts";
import { readJson } from "../../src/observe/read-json.ts";
import { startDrippingHost } from "../servers/dripping-host.ts";

/** What belongs to a pass ends with it. */

const never = () => new Promise<never>(() => {});

test("work that hears of nothing is left as soon as the pass is over", async () => {
  const stop = new AbortController();
  const ended = withinDeadline(stop.signal, () => untilDeadline(never()));
  stop.abort();
  await expect(ended).rejects.toBeInstanceOf(DeadlineError);
  await expect(withinDeadline(stop.signal, async () => assertInTime())).rejects.toBeInstanceOf(DeadlineError);
});

test("what failed because the pass was over did not fail by itself", async () => {
  const stop = new AbortController();
  const work = async () => {
    stop.abort();
    throw new Error("the connection was closed");
  };
  await expect(withinDeadline(stop.signal, () => untilDeadline(work()))).rejects.toBeInstanceOf(DeadlineError);
});

test("outside of a pass, and in what outlives one, nothing changes", async () => {
  expect(await untilDeadline(Promise.resolve(1))).toBe(1);
  const within = withinDeadline(AbortSignal.abort(), () => beyondDeadline(async () => passSignal()));
  expect(await within).toBeUndefined();
  expect(signalWithin(60_000).aborted).toBe(false);
});

test("evidence that drips for ever is given up with the pass", async () => {
  const url = await startDrippingHost(10);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  const read = withinDeadline(stop.signal, () => readJson({ url, deadlineMs: 600_000, limit: 1e9 }));
  expect(await read).toMatchObject({ kind: "missing", reason: "timed-out" });
});

test("a model that is waited for ends with the pass; one that nobody waits for does not", async () => {
  const missing = { kind: "missing", id: "e1", name: "", query: "", reason: "empty", message: "" } as const;
  const look = async () => missing;
  const instruments = { metrics: look, logs: look, objects: look, history: look };
  const ask = (wait: boolean, signal: AbortSignal) =>
    withinDeadline(signal, () =>
      createInvestigations(
        { investigate: never },
        { wait, most: 1, done: () => {}, now: Date.now, answers: createModelStore().answers },
      ).ask({ branch: "key", began: 0 }, never, () => instruments),
    );
  const stop = new AbortController();
  const waited = ask(true, stop.signal);
  expect(await ask(false, stop.signal)).toBeUndefined();
  stop.abort();
  await expect(waited).rejects.toBeInstanceOf(DeadlineError);
});
