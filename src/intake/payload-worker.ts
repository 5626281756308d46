import { parentPort, workerData } from "node:worker_threads";
import type { Instant } from "../domain/scalars.ts";
import { parsePayload } from "./read-payload.ts";

/** The inside of the thread that reads one large payload of alerts. */

const { bytes, now }: { readonly bytes: Uint8Array; readonly now: Instant } = workerData;
parentPort?.postMessage(parsePayload(bytes, now));
