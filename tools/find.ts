import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cachePath } from "./cache.ts";
import { type DebianPin, type GoPin, type Pin, pinOf, type ToolName } from "./pins.ts";

/** A real component on this machine, or the sentence that says why there is none. */
export type Tool =
  | {
      readonly kind: "found";
      readonly name: ToolName;
      /** The program, or the folder of definitions or packages. */
      readonly path: string;
      readonly version: string;
      readonly from: "cache" | "path";
    }
  | { readonly kind: "missing"; readonly name: ToolName; readonly reason: string };

const known = new Map<ToolName, Tool>();

/** Looks for a tool in the cache, which holds the pinned version, then on PATH, where another version may do. */
export function findTool(name: ToolName): Tool {
  const before = known.get(name);
  if (before !== undefined) return before;
  const tool = lookFor(name, pinOf(name));
  if (tool.kind === "found") known.set(name, tool);
  return tool;
}

/** The path of a tool. Throws the sentence that says why where it is missing. */
export function toolPath(name: ToolName): string {
  const tool = findTool(name);
  if (tool.kind === "missing") throw new Error(tool.reason);
  return tool.path;
}

/** The version that a program reports: the first `1.2.3` of what it prints, or undefined where it does not run. */
export function reportedVersion(program: string, probe: readonly string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, probe, { encoding: "utf8", timeout: 20_000 });
  return status === 0 ? /\d+\.\d+\.\d+/.exec(`${stdout} ${stderr}`)?.[0] : undefined;
}

function lookFor(name: ToolName, pin: Pin): Tool {
  const path = cachePath(pin);
  if (path !== undefined && existsSync(path)) return { kind: "found", name, path, version: pin.version, from: "cache" };
  const reasons = pin.kind === "go" || pin.kind === "debian" ? onPath(pin) : [];
  for (const { program, version, accepted } of reasons) {
    if (accepted) return { kind: "found", name, path: program, version, from: "path" };
  }
  const seen = reasons.map(({ program, version }) => `${program} is ${version}`).join(", ");
  const what = pin.kind === "crds" ? "the resource definitions are" : `${name} ${pin.version} is`;
  const but = seen === "" ? "" : ` (${seen})`;
  return { kind: "missing", name, reason: `${what} not on this machine${but}; run: npm run tools -- --only ${name}` };
}

function onPath(pin: GoPin | DebianPin): { program: string; version: string; accepted: boolean }[] {
  const { probe, accepts } = pin;
  if (probe === undefined) return [];
  const names = (pin.kind === "go" ? pin.onPath : undefined) ?? [pin.name];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .filter(isProgram)
    .map((program) => {
      const version = reportedVersion(program, probe);
      const accepted = version?.startsWith(accepts) ?? false;
      return { program, version: version ?? "of no known version", accepted };
    });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
