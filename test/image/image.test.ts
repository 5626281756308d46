import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { fleetClone } from "../support/cli/fleet-clone.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait.ts";
import { buildImage, type Image } from "./image.ts";

/** What the image holds, and that the bot runs from it: read-only, as another user, without a shell. */

const read = (name: string) => JSON.parse(readFileSync(resolve(import.meta.dirname, "../..", name), "utf8"));
const manifest = read("package.json");
const { packages } = read("package-lock.json");
/** Bytes of all files; the program's own are 1.5 MB of it. */
const MOST = 120_000_000;

let image: Image;
let files: readonly string[] = [];
beforeAll(() => {
  image = buildImage();
  files = filesIn(image.app);
}, 300_000);
afterAll(() => image?.remove());

test("holds the program, what it reads and its packages, and nothing else", () => {
  expect(readdirSync(image.app).sort()).toEqual(
    ["LICENSE", "bin", "charts", "dist", "node_modules", "package.json", "policies"].sort(),
  );
  expect(readdirSync(join(image.app, "charts"))).toEqual(["agent"]);
  const own = files.filter((file) => !file.startsWith("node_modules/"));
  expect(
    own.filter((file) => /^(dist\/)?(test|tests|fixtures|bench|tools|\.git|\.github|docs)(\/|$)/.test(file)),
  ).toEqual([]);
  expect(own.filter((file) => file.endsWith(".ts"))).toEqual([]);
});

test("holds every package that the program needs, none of those for developers, and no second Node", () => {
  const has = (name: string) => files.includes(`node_modules/${name}/package.json`);
  expect(Object.keys(manifest.dependencies).filter((name) => !has(name))).toEqual([]);
  // Some of those for developers are needed by other packages, too.
  const isOnlyDeveloped = (name: string) => packages[`node_modules/${name}`].dev === true;
  const others = Object.keys(manifest.devDependencies).filter(isOnlyDeveloped);
  expect(others.length).toBeGreaterThan(10);
  expect([...others, ...Object.keys(manifest.optionalDependencies)].filter(has)).toEqual([]);
  const unread = /\.(map|d\.ts)$|^node_modules\/(@[^/]+\/)?[^/]+\/(test|tests|__tests__|fixtures|\.github)\//;
  expect(files.filter((file) => unread.test(file))).toEqual([]);
  expect(files.filter((file) => file.endsWith(".node"))).toEqual([]);
});

test("is small", () => {
  const bytes = files.reduce((total, file) => total + statSync(join(image.app, file)).size, 0);
  console.info(`the image's files: ${(bytes / 1e6).toFixed(1)} MB in ${files.length} files`);
  expect(bytes).toBeLessThan(MOST);
});

test("every module of the program finds what it imports", async () => {
  const modules = files.filter((file) => /^dist\/.*\.js$/.test(file) && !/(^dist\/main|worker)\.js$/.test(file));
  const script = `for (const file of ${JSON.stringify(modules)}) await import(${JSON.stringify(`${image.app}/`)} + file);`;
  expect(await outputOf(image.start(["--input-type=module", "--eval", script], workFolder()))).toEqual([0, ""]);
  expect(modules.length).toBeGreaterThan(200);
});

test("says its version", async () => {
  expect(await outputOf(raos(["--version"], workFolder()))).toEqual([0, `${manifest.version}\n`]);
});

test("validates a fleet", async () => {
  const place = fleetClone();
  const folder = given(place.clone);
  const [code, output] = await outputOf(raos(["validate", folder], workFolder()));
  expect([code, output]).toEqual([0, expect.stringMatching(/no problems|valid/i)]);
});

test.each([["demo"], ["policy", "test"]])("says that it has no samples: raos %s", async (...args) => {
  const [code, output] = await outputOf(raos(args, workFolder()));
  expect([code, output]).toEqual([3, expect.stringContaining("run this from the npm package: npx raos")]);
});

test("serves a repository, is healthy and ready, writes to its cache alone, and ends with SIGTERM", async () => {
  const place = fleetClone();
  const bare = given(place.bare);
  const before = stampsOf(image.app, files);
  const child = raos(["serve", "--port", "0", "--repo", bare], workFolder());
  const log = linesOf(child);
  const url = await waitFor(() => log.find(({ msg }) => msg === "listening")?.url);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await waitFor(() => log.find(({ msg }) => msg === "repository reconciled"));
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^raos_ready 1$/m);
  expect(metrics).toMatch(/^raos_outcomes_total\{kind="opened"\} [1-9]/m);
  child.kill("SIGTERM");
  expect(await outputOf(child)).toEqual([0, expect.any(String)]);
  expect(filesIn(image.app)).toEqual(files);
  expect(stampsOf(image.app, files)).toEqual(before);
});

function raos(args: readonly string[], folder: string): ChildProcess {
  const child = image.start([join(image.app, "bin", "raos.js"), ...args], folder);
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  });
  return child;
}

/** The same folder, which the other user may enter and write to. */
function given(folder: string): string {
  image.give(dirname(folder));
  return folder;
}

function workFolder(): string {
  const folder = temporaryFolder();
  image.give(folder);
  return folder;
}

interface Line {
  readonly msg: string;
  readonly url?: string;
}

function linesOf(child: ChildProcess): readonly Line[] {
  const lines: Line[] = [];
  if (child.stdout === null) throw new Error("no output");
  createInterface({ input: child.stdout }).on("line", (line) => void lines.push(JSON.parse(line)));
  return lines;
}

/** How a process ended, and what it has said on both streams. */
function outputOf(child: ChildProcess): Promise<readonly [number | null, string]> {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  return new Promise((done) => {
    child.once("close", (code) => done([code, output]));
  });
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => path.slice(folder.length + 1)).sort();
}

function stampsOf(folder: string, paths: readonly string[]): readonly string[] {
  return paths.map((path) => {
    const { size, mtimeMs, mode, uid } = statSync(join(folder, path));
    return `${path} ${size} ${mtimeMs} ${mode} ${uid}`;
  });
}
