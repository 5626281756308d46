import { parentPort, workerData } from "node:worker_threads";
import type { Instant } from "../domain/values/scalars.ts";
import { parsePayload } from "./read-payload.ts";

/** The code of the thread that parses one large payload of alerts. */

const { bytes, now }: { readonly bytes: Uint8Array; readonly now: Instant } = workerData;
parentPort?.postMessage(parsePayload(bytes, now));
