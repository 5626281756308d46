import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import * as z from "zod";

/** A process, told apart from every other that was ever given the same number. */
export const Owner = z.object({
  host: z.string(),
  /** Id of the machine's present start; empty where the system has none. */
  boot: z.string(),
  /** The namespace that the number counts in: another container has its own. */
  space: z.string(),
  pid: z.int().positive(),
  /** When it started, as the system counts; empty where that cannot be read. */
  started: z.string(),
});
export type Owner = z.infer<typeof Owner>;

/** What there is to know of a process of this machine. */
export function ownerOf(pid: number): Owner {
  return { host: hostname(), boot: boot(), space: space(), pid, started: statusOf(pid)?.started ?? "" };
}

/** Whether a process lives. "unknown": it is one of another machine or container, which cannot be seen from here. */
export function lifeOf(owner: Owner): "alive" | "dead" | "unknown" {
  if (owner.host !== hostname()) return "unknown";
  // Nothing outlives a restart of its machine.
  if (owner.boot !== boot()) return "dead";
  if (owner.space !== space()) return "unknown";
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return "dead";
  }
  const status = statusOf(owner.pid);
  if (status === undefined) return owner.started === "" ? "alive" : "dead";
  return status.isOver || (owner.started !== "" && status.started !== owner.started) ? "dead" : "alive";
}

/** proc_pid_stat(5): behind the name in brackets, which may hold anything, comes the state; the start is field 22. */
function statusOf(pid: number): { readonly started: string; readonly isOver: boolean } | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { started: fields[19] ?? "", isOver: fields[0] === "Z" || fields[0] === "X" };
}

let knownBoot: string | undefined;
function boot(): string {
  knownBoot ??= read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
  return knownBoot;
}

let knownSpace: string | undefined;
function space(): string {
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
