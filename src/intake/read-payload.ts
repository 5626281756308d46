import { Worker } from "node:worker_threads";
import { type AlertReading, readAlerts } from "../domain/alert-payload.ts";
import type { Instant } from "../domain/scalars.ts";

/** A sender's payload as it was read; undefined where it is no JSON, or more than can be read. */
export type PayloadReading = AlertReading | undefined;

/** Bytes that are read at once; what is larger is read on a thread, so that nobody else waits for it. */
const AT_ONCE = 64 * 1024;
/** MiB and milliseconds that reading one may take: a payload can be made to cost a hundred times its size. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };
const LONGEST = 20_000;

/** One large payload after another. */
let last: Promise<unknown> = Promise.resolve();

/** Reads a payload of alerts. Small ones are read by the time it returns; of large ones one at a time, on another thread. */
export function readPayload(bytes: Uint8Array, now: Instant): PayloadReading | Promise<PayloadReading> {
  if (bytes.length <= AT_ONCE) return parsePayload(bytes, now);
  const next = last.then(() => onThread(bytes, now));
  last = next;
  return next;
}

/** Reads a payload, however large. */
export function parsePayload(bytes: Uint8Array, now: Instant): PayloadReading {
  try {
    return readAlerts(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8")), now);
  } catch {
    return undefined;
  }
}

function onThread(bytes: Uint8Array, now: Instant): Promise<PayloadReading> {
  const file = import.meta.url.endsWith(".ts") ? "./payload-worker.ts" : "./payload-worker.js";
  return new Promise((resolve) => {
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { bytes, now }, resourceLimits: LIMITS });
    const end = (reading: PayloadReading): void => {
      clearTimeout(late);
      worker.terminate().catch(() => {});
      resolve(reading);
    };
    const late = setTimeout(() => end(undefined), LONGEST);
    worker.once("message", (reading: PayloadReading) => end(reading));
    worker.once("error", () => end(undefined));
    worker.once("exit", () => end(undefined));
  });
}
