/**
 * `npm run tools`: builds or installs the real components that the tests run against, each once, into a cache outside
 * the tree. `--only a,b` names those that are wanted; left out: all. Exits 3 where one failed.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildGo } from "./build-go.ts";
import { cacheRoot } from "./cache.ts";
import { copyCrds } from "./copy-crds.ts";
import { findTool } from "./find.ts";
import { installDebian } from "./install-debian.ts";
import { installNpm, installPython } from "./install-packages.ts";
import { withLock } from "./lock.ts";
import { type Pin, pins, type ToolName } from "./pins.ts";
import { inTurn } from "./schedule.ts";

type NamedPin = (typeof pins)[number];

const chosen = choose();
if (chosen.kind === "mistake") {
  console.error(chosen.message);
  process.exit(2);
}
const failures = await withLock(cacheRoot(), () => installAll(chosen.pins));
for (const { name, reason } of failures) console.error(`\n${name}: ${reason}`);
process.exit(failures.length === 0 ? 0 : 3);

type Choice =
  | { readonly kind: "pins"; readonly pins: readonly NamedPin[] }
  | { readonly kind: "mistake"; readonly message: string };

function choose(): Choice {
  const { only } = parseArgs({ options: { only: { type: "string" } } }).values;
  if (only === undefined) return { kind: "pins", pins };
  const names = only.split(",");
  const unknown = names.filter((name) => !pins.some((pin) => pin.name === name));
  if (unknown.length === 0) return { kind: "pins", pins: pins.filter((pin) => names.includes(pin.name)) };
  const all = pins.map((pin) => pin.name).join(", ");
  return { kind: "mistake", message: `--only: there is no ${unknown.join(", ")}; there are ${all}` };
}

interface Failure {
  readonly name: ToolName;
  readonly reason: string;
}

async function installAll(selected: readonly NamedPin[]): Promise<readonly Failure[]> {
  mkdirSync(cacheRoot(), { recursive: true });
  for (const file of readdirSync(cacheRoot())) {
    if (file.startsWith(".draft-")) rmSync(join(cacheRoot(), file), { recursive: true, force: true });
  }
  const failures: Failure[] = [];
  // Two at a time: one compiles while the other downloads or links, which keeps but one core busy.
  await inTurn(selected, 2, async (pin) => {
    const reason = await installOne(pin);
    if (reason !== undefined) failures.push({ name: pin.name, reason });
  });
  return failures;
}

/** Returns the reason where it failed. */
async function installOne(pin: NamedPin): Promise<string | undefined> {
  const before = findTool(pin.name);
  if (before.kind === "found") {
    say(before.name, before.version, before.from === "cache" ? "cached" : `on PATH: ${before.path}`);
    return undefined;
  }
  const started = performance.now();
  try {
    await obtain(pin);
    const after = findTool(pin.name);
    if (after.kind === "missing") throw new Error(`installed, yet ${after.reason}`);
    const verb = pin.kind === "go" ? "built" : pin.kind === "crds" ? "copied" : "installed";
    say(pin.name, after.version, `${verb} in ${Math.round((performance.now() - started) / 1000)} s`);
    return undefined;
  } catch (error) {
    say(pin.name, pin.version, "FAILED");
    return error instanceof Error ? error.message : String(error);
  }
}

function obtain(pin: Pin): Promise<void> {
  switch (pin.kind) {
    case "go":
      return buildGo(pin);
    case "crds":
      return copyCrds(pin);
    case "debian":
      return installDebian(pin);
    case "python":
      return installPython(pin);
    case "npm":
      return installNpm(pin);
    default:
      return pin satisfies never;
  }
}

function say(name: string, version: string, what: string): void {
  console.log(`${`${name} ${version}`.padEnd(24)} ${what}`);
}
