import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import * as z from "zod";

/** A process. Its id alone is not enough, since the system uses ids again. */
export const Owner = z.object({
  host: z.string(),
  /** Id of the machine's last boot; empty where the system has none. */
  boot: z.string(),
  /** The PID namespace: another container has its own. */
  space: z.string(),
  pid: z.int().positive(),
  /** Its start time, in the system's own units; empty where it cannot be read. */
  started: z.string(),
});
export type Owner = z.infer<typeof Owner>;

/** Identifies a process of this machine. */
export function identifyProcess(pid: number): Owner {
  return { host: hostname(), boot: bootId(), space: pidNamespace(), pid, started: statusOf(pid)?.started ?? "" };
}

/** Whether a process runs. "unknown": it belongs to another machine or container and cannot be checked. */
export function processState(owner: Owner): "alive" | "dead" | "unknown" {
  if (owner.host !== hostname()) return "unknown";
  // No process survives a reboot.
  if (owner.boot !== bootId()) return "dead";
  if (owner.space !== pidNamespace()) return "unknown";
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return "dead";
  }
  const status = statusOf(owner.pid);
  if (status === undefined) return owner.started === "" ? "alive" : "dead";
  return status.isOver || (owner.started !== "" && status.started !== owner.started) ? "dead" : "alive";
}

/** proc_pid_stat(5): the state follows the name in brackets, which may contain anything; the start time is field 22. */
function statusOf(pid: number): { readonly started: string; readonly isOver: boolean } | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { started: fields[19] ?? "", isOver: fields[0] === "Z" || fields[0] === "X" };
}

let knownBoot: string | undefined;
function bootId(): string {
  knownBoot ??= read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
  return knownBoot;
}

let knownSpace: string | undefined;
function pidNamespace(): string {
  try {
    knownSpace ??= readlinkSync("/proc/self/ns/pid");
  } catch {
    knownSpace ??= "";
  }
  return knownSpace;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
