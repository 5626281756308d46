import { blobOid } from "../../domain/values/object-id.ts";
import type { Oid, Path } from "../../domain/values/scalars.ts";
import type { ChartOrigin } from "./chart-origin.ts";

/** What becomes of one file of the chart in a repository. */
export type FileUpgrade =
  /** It is what RAOS ships already. */
  | { readonly kind: "unchanged"; readonly path: Path }
  /** The file is new in the shipped chart. */
  | { readonly kind: "added"; readonly path: Path; readonly text: Uint8Array }
  /** The person did not change it, and RAOS did. */
  | { readonly kind: "replaced"; readonly path: Path; readonly text: Uint8Array }
  /** The person did not change it, and RAOS ships it no longer. */
  | { readonly kind: "deleted"; readonly path: Path }
  /** Both changed it, in different places. */
  | { readonly kind: "merged"; readonly path: Path; readonly text: Uint8Array }
  /** Only the person changed it, or made it. */
  | { readonly kind: "kept"; readonly path: Path }
  /** Both changed it, and it stays the person's. `before`: what RAOS shipped earlier; where that is unknown, what is there. */
  | {
      readonly kind: "conflict";
      readonly path: Path;
      readonly why: ConflictReason;
      readonly before: Uint8Array | undefined;
      readonly shipped: Uint8Array | undefined;
    };

/** same-place: both changed the same lines. no-record: it is unknown what the person changed. The others: one of both deleted it. */
export type ConflictReason = "same-place" | "no-record" | "deleted-here" | "no-longer-shipped";

/** What an upgrade is worked out from. */
export interface UpgradeInputs {
  readonly shipped: ReadonlyMap<Path, Uint8Array>;
  readonly present: ReadonlyMap<Path, Uint8Array>;
  /** What was shipped when the chart was copied, or upgraded last; undefined where nobody knows. */
  readonly origin: ChartOrigin | undefined;
  /** The content of a file as it was shipped; undefined where it cannot be found any more. */
  readonly contentOf: (oid: Oid) => Promise<Uint8Array | undefined>;
  /** Both changes of a text; undefined where they meet in the same place. */
  readonly merge: (yours: Uint8Array, base: Uint8Array, shipped: Uint8Array) => Promise<Uint8Array | undefined>;
}

/**
 * What becomes of each file: a three-way comparison of what was shipped, what is there and what is shipped now. A change that a
 * person made is never lost. Sorted by path; files that only the person has are left out.
 */
export async function planUpgrade(inputs: UpgradeInputs): Promise<readonly FileUpgrade[]> {
  const paths = new Set([...inputs.shipped.keys(), ...(inputs.origin?.files.keys() ?? [])]);
  const found: (FileUpgrade | undefined)[] = [];
  for (const path of [...paths].sort()) found.push(await planFile(path, inputs));
  return found.filter((one) => one !== undefined);
}

async function planFile(path: Path, inputs: UpgradeInputs): Promise<FileUpgrade | undefined> {
  const [yours, fresh, was] = [inputs.present.get(path), inputs.shipped.get(path), inputs.origin?.files.get(path)];
  if (yours === undefined) return planAbsent(path, fresh, was, inputs);
  const isYours = was === undefined || blobOid(yours) !== was;
  if (fresh === undefined)
    return isYours ? conflict(path, "no-longer-shipped", was, inputs) : { kind: "deleted", path };
  if (Buffer.from(yours).equals(fresh)) return { kind: "unchanged", path };
  if (!isYours) return { kind: "replaced", path, text: fresh };
  return blobOid(fresh) === was ? { kind: "kept", path } : planBoth(path, { yours, fresh, was }, inputs);
}

/** A file that both changed. */
async function planBoth(
  path: Path,
  { yours, fresh, was }: { readonly yours: Uint8Array; readonly fresh: Uint8Array; readonly was: Oid | undefined },
  inputs: UpgradeInputs,
): Promise<FileUpgrade> {
  const base = was === undefined ? undefined : await inputs.contentOf(was);
  if (base === undefined) return conflict(path, "no-record", was, inputs);
  const merged = await inputs.merge(yours, base, fresh);
  return merged === undefined ? conflict(path, "same-place", was, inputs) : { kind: "merged", path, text: merged };
}

/** A file that is not there: a new one of RAOS, or one that the person deleted. */
function planAbsent(
  path: Path,
  fresh: Uint8Array | undefined,
  was: Oid | undefined,
  inputs: UpgradeInputs,
): Promise<FileUpgrade> | FileUpgrade | undefined {
  if (fresh === undefined) return undefined;
  if (was === undefined) return { kind: "added", path, text: fresh };
  return blobOid(fresh) === was ? { kind: "kept", path } : conflict(path, "deleted-here", was, inputs);
}

async function conflict(
  path: Path,
  why: ConflictReason,
  was: Oid | undefined,
  { shipped, present, contentOf }: UpgradeInputs,
): Promise<FileUpgrade> {
  const base = was === undefined ? undefined : await contentOf(was);
  return { kind: "conflict", path, why, before: base ?? present.get(path), shipped: shipped.get(path) };
}

/**
 * The note after an upgrade. Of a file in conflict it keeps what was shipped before, so that the next upgrade compares with that
 * again, unless the person said that theirs is right (`isSettled`).
 */
export function originAfter(
  upgrades: readonly FileUpgrade[],
  before: ChartOrigin | undefined,
  now: ChartOrigin,
  isSettled: boolean,
): ChartOrigin {
  const open = new Map(
    upgrades.flatMap((one) =>
      one.kind === "conflict" && !isSettled && one.shipped !== undefined
        ? [[one.path, before?.files.get(one.path)]]
        : [],
    ),
  );
  const files = [...now.files].flatMap(([path, oid]): readonly (readonly [Path, Oid])[] => {
    if (!open.has(path)) return [[path, oid]];
    const kept = open.get(path);
    return kept === undefined ? [] : [[path, kept]];
  });
  return { version: now.version, files: new Map(files) };
}
