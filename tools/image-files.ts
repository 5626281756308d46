/**
 * `npm run image -- FOLDER`: the files of the image's application, in a new folder: the compiled program, what it reads while it
 * runs, and the packages it needs there. The Dockerfile copies that folder; a test runs the bot from it.
 */
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { cp, mkdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { run } from "./run.ts";

const ROOT = dirname(import.meta.dirname);

/** What the program reads while it runs, and its licence. */
const SHIPPED = ["bin", "package.json", "LICENSE", "policies", "charts/agent"];

/** Types, sources and source maps of packages, and their texts for people: nothing loads them. Licences stay. */
const UNREAD = /\.(d\.[cm]?ts|[cm]?ts|tsx|map)$|^(?!licen[cs]e|notice).*\.(md|markdown)$/i;

/** Folders at the top of a package that are for those who work on it. */
const UNREAD_FOLDERS = new Set(
  "test tests __tests__ __mocks__ spec fixtures benchmark benchmarks bench example examples .github dist-types".split(
    " ",
  ),
);

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("image-files: name a folder that does not exist yet");
  process.exit(2);
}
await assemble(resolve(folder));

async function assemble(target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await mkdir(target);
  const compiler = join(ROOT, "node_modules", ".bin", "tsc");
  await run(compiler, ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", join(target, "dist")], { cwd: ROOT });
  for (const path of SHIPPED) await cp(join(ROOT, path), join(target, path), { recursive: true });
  for (const path of await packagesToRun()) copyPackage(join(ROOT, path), join(target, path));
}

/**
 * The folders of the packages that the program needs, as the lockfile says. Its own optional dependencies are a Node, which the
 * image has; those of other packages are loaded where they are there.
 */
async function packagesToRun(): Promise<readonly string[]> {
  const { packages } = Lockfile.parse(JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")));
  const nodes = Object.keys(packages[""]?.optionalDependencies ?? {}).map((name) => `node_modules/${name}`);
  return Object.entries(packages).flatMap(([path, { dev }]) =>
    path === "" || dev === true || nodes.includes(path) ? [] : [path],
  );
}

/** Copies a package without the packages inside it, which the lockfile lists by themselves. */
function copyPackage(from: string, to: string, isTop = true): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const { name } = entry;
    if (name === "node_modules" || (isTop && UNREAD_FOLDERS.has(name)) || UNREAD.test(name)) continue;
    if (entry.isDirectory()) copyPackage(join(from, name), join(to, name), false);
    else copyFileSync(join(from, name), join(to, name));
  }
}
