import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Path } from "../../domain/values/scalars.ts";
import { ORIGIN_FILE } from "../../spec/read/read-chart.ts";
import { shipped } from "../package-root.ts";
import { type ChartOrigin, decodeOrigin, encodeOrigin, originOf } from "./chart-origin.ts";

/** The agent chart that ships with this RAOS. */
export interface ShippedChart {
  readonly files: ReadonlyMap<Path, Uint8Array>;
  readonly origin: ChartOrigin;
}

/** Reads the chart that ships with this RAOS. */
export async function readShippedChart(): Promise<ShippedChart> {
  const files = (await readFilesBelow(shipped("charts", "agent"))) ?? new Map<Path, Uint8Array>();
  return { files, origin: originOf(files) };
}

/** Writes the chart into a folder that does not exist yet, with the note of where it comes from. */
export async function copyShippedChart(target: string): Promise<void> {
  const { files, origin } = await readShippedChart();
  for (const [path, bytes] of [...files, [ORIGIN_FILE, encodeOrigin(origin)] as const]) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(join(target, path), bytes, { flag: "wx" });
  }
}

/**
 * Whether the chart in a folder was copied from another one than ships with this RAOS. Where it has no note of that: whether a
 * file differs.
 */
export async function isChartOutdated(folder: string): Promise<boolean> {
  const { files } = (await readShippedChart()).origin;
  const present = await readFilesBelow(folder).catch(() => undefined);
  const origin = decodeOrigin(present?.get(ORIGIN_FILE)) ?? originOf(present ?? new Map());
  return files.size > origin.files.size || [...files].some(([path, oid]) => origin.files.get(path) !== oid);
}

/** A folder holds something that is neither a regular file nor a folder. */
export class IrregularFileError extends Error {
  override readonly name = "IrregularFileError";
  readonly path: Path;
  constructor(path: Path) {
    super(`${path} is neither a regular file nor a folder`);
    this.path = path;
  }
}

/**
 * Every file below a folder, by its path there, sorted; undefined where there is no such folder. Throws IrregularFileError for a
 * symbolic link, since what is written to it would be written elsewhere.
 */
export async function readFilesBelow(folder: string): Promise<ReadonlyMap<Path, Uint8Array> | undefined> {
  const stat = await lstat(folder).catch(() => undefined);
  if (stat?.isDirectory() !== true) return undefined;
  const files: (readonly [Path, Uint8Array])[] = [];
  const visit = async (below: Path): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) files.push([path, await readFile(join(folder, path))]);
      else throw new IrregularFileError(path);
    }
  };
  await visit("");
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}
