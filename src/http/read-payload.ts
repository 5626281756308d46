import { Worker } from "node:worker_threads";
import { type AlertReading, readAlerts } from "../domain/alert/alert-payload.ts";
import type { Instant } from "../domain/values/scalars.ts";

/** The alerts of a payload; undefined where it is not JSON, or too large to read. */
export type PayloadReading = AlertReading | undefined;

/** Larger payloads are parsed on another thread, so that other requests do not wait. Bytes. */
const AT_ONCE = 64 * 1024;
/** Limits of the parsing thread: a hostile payload can need a hundred times its size in memory. MiB, milliseconds. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };
const LONGEST = 20_000;

/** Large payloads are parsed one after another. */
let last: Promise<unknown> = Promise.resolve();

/** Parses a payload of alerts: a small one at once, large ones one at a time, on another thread. */
export function readPayload(bytes: Uint8Array, now: Instant): PayloadReading | Promise<PayloadReading> {
  if (bytes.length <= AT_ONCE) return parsePayload(bytes, now);
  const next = last.then(() => onThread(bytes, now));
  last = next;
  return next;
}

/** Parses a payload of any size, in this thread. */
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
