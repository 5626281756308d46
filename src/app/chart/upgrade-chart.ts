import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { blobOid } from "../../domain/values/object-id.ts";
import type { Oid, Path } from "../../domain/values/scalars.ts";
import { gitEnvironment } from "../../git/git-place.ts";
import { splitNul } from "../../git/nul-records.ts";
import { runBareGit } from "../../git/run-git.ts";
import { chartPathIn, ORIGIN_FILE } from "../../spec/read/read-chart.ts";
import { OutsideError, type Shell, UsageError } from "../shell.ts";
import { type ChartOrigin, decodeOrigin, encodeOrigin } from "./chart-origin.ts";
import { type FileUpgrade, originAfter, planUpgrade } from "./plan-upgrade.ts";
import { IrregularFileError, readFilesBelow, readShippedChart } from "./shipped-chart.ts";

export interface UpgradeOptions {
  readonly isDryRun: boolean;
  /** Whether the person's version of a file in conflict is right, so that it is not asked about again. */
  readonly keepsMine: boolean;
  /** A commit in which the chart was as RAOS shipped it, for a chart without a note of that. */
  readonly base: string | undefined;
}

export interface ChartUpgrade {
  /** The chart's folder in the repository's folder. */
  readonly chart: Path;
  /** The version that was shipped; undefined where it is unknown. */
  readonly from: string | undefined;
  readonly to: string;
  readonly files: readonly FileUpgrade[];
}

/**
 * Brings the chart in a repository's folder to the one that ships with this RAOS, and keeps what a person changed in it. It writes
 * to the working files only. Throws UsageError where a person has to do something first, such as to commit.
 */
export async function upgradeChart(shell: Shell, root: string, options: UpgradeOptions): Promise<ChartUpgrade> {
  const config = await readFile(join(root, "raos.yaml")).catch(() => undefined);
  const chart = chartPathIn(config);
  const folder = join(root, chart);
  const present = await readPresent(root, folder, chart);
  const git = gitIn(shell, folder);
  await assertCommitted(git, chart);
  const shipped = await readShippedChart();
  const before = await originBefore(git, present, options.base);
  const files = await planUpgrade({
    shipped: shipped.files,
    present,
    origin: before,
    contentOf: (oid) => readBlob(git, oid),
    merge: (yours, base, fresh) => mergeTexts(shell, yours, base, fresh),
  });
  const after = originAfter(files, before, shipped.origin, options.keepsMine);
  if (!options.isDryRun) await write(folder, files, after, present);
  return { chart, from: before?.version === "" ? undefined : before?.version, to: shipped.origin.version, files };
}

async function readPresent(root: string, folder: string, chart: Path): Promise<ReadonlyMap<Path, Uint8Array>> {
  try {
    const present = await readFilesBelow(folder);
    if (present === undefined)
      throw new UsageError(
        `there is no chart in ${chart}/ to upgrade; raos init writes it, where it is not from a registry`,
      );
    // A link above the folder leads elsewhere.
    const [inside, top] = [await realpath(folder), await realpath(root)];
    if (!inside.startsWith(`${top}${sep}`)) throw new UsageError(`${chart} leads out of ${root}`);
    return present;
  } catch (error) {
    if (error instanceof IrregularFileError)
      throw new UsageError(`${chart}/${error.path} is no regular file; replace it first`);
    throw error;
  }
}

type Git = (args: readonly string[], accept?: readonly number[]) => Promise<{ code: number; stdout: Buffer }>;

function gitIn({ env }: Shell, cwd: string): Git {
  const environment = gitEnvironment(env, "none", { "safe.directory": "*" });
  return (args, accept = [0]) => runBareGit(environment, cwd, args, { accept });
}

/** Throws UsageError where what is replaced could not be brought back. */
async function assertCommitted(git: Git, chart: Path): Promise<void> {
  const { code, stdout } = await git(["status", "--porcelain", "-z", "--untracked-files=all", "--", "."], [0, 128]);
  if (code !== 0)
    throw new UsageError(
      "the folder is in no Git repository, so that nothing could bring back what an upgrade replaces; run git init and commit first",
    );
  const changed = splitNul(stdout);
  if (changed.length > 0)
    throw new UsageError(
      `${chart}/ has changes that are not committed (${changed[0]?.slice(3) ?? ""}${changed.length > 1 ? `, and ${changed.length - 1} more` : ""}); commit them, or take them back, first`,
    );
}

/** What was shipped: by the chart's own note, or by the commit that a person names. */
async function originBefore(
  git: Git,
  present: ReadonlyMap<Path, Uint8Array>,
  base: string | undefined,
): Promise<ChartOrigin | undefined> {
  if (base === undefined) return decodeOrigin(present.get(ORIGIN_FILE));
  if (!/^[\w][\w./@{}^~-]{0,200}$/.test(base)) throw new UsageError(`--base: ${JSON.stringify(base)} is no commit`);
  const { code, stdout } = await git(["ls-tree", "-r", "-z", base, "."], [0, 128]);
  if (code !== 0) throw new UsageError(`--base: there is no commit ${base} in this repository`);
  const files = splitNul(stdout).flatMap((record): readonly (readonly [Path, Oid])[] => {
    const [, oid, path] = /^100\d{3} blob ([0-9a-f]{40,64})\t(.*)$/s.exec(record) ?? [];
    return oid === undefined || path === undefined || path === ORIGIN_FILE ? [] : [[path, oid]];
  });
  if (files.length === 0) throw new UsageError(`--base: ${base} has no file in the chart's folder`);
  return { version: "", files: new Map(files) };
}

async function readBlob(git: Git, oid: Oid): Promise<Uint8Array | undefined> {
  const { code, stdout } = await git(["cat-file", "blob", oid], [0, 1, 128]);
  return code === 0 && blobOid(stdout) === oid ? stdout : undefined;
}

/** `git merge-file` ends with the number of conflicts, or 255 for a file that is not text. */
const MERGE_CODES = Array.from({ length: 256 }, (_, code) => code);

async function mergeTexts(
  shell: Shell,
  yours: Uint8Array,
  base: Uint8Array,
  fresh: Uint8Array,
): Promise<Uint8Array | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "raos-merge-"));
  try {
    for (const [name, bytes] of [
      ["yours", yours],
      ["base", base],
      ["shipped", fresh],
    ] as const)
      await writeFile(join(folder, name), bytes);
    const merged = await gitIn(shell, folder)(["merge-file", "-p", "-q", "yours", "base", "shipped"], MERGE_CODES);
    return merged.code === 0 ? merged.stdout : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the files, and the note last: an upgrade that ends early starts from the same note again. */
async function write(
  folder: string,
  files: readonly FileUpgrade[],
  after: ChartOrigin,
  present: ReadonlyMap<Path, Uint8Array>,
): Promise<void> {
  try {
    for (const one of files) {
      const file = join(folder, one.path);
      if (one.kind === "deleted") await rm(file);
      if (one.kind !== "added" && one.kind !== "replaced" && one.kind !== "merged") continue;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, one.text);
    }
    const note = encodeOrigin(after);
    const held = present.get(ORIGIN_FILE);
    if (held === undefined || !Buffer.from(held).equals(note)) await writeFile(join(folder, ORIGIN_FILE), note);
  } catch (error) {
    throw new OutsideError(`cannot write to ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
