import type { Oid, Path } from "../values/scalars.ts";

/** The chart in the repository (`spec.chart.path`), as the tenants' copies of it have to be. */
export interface ChartCopy {
  /** The version of the copy: the chart's own, and a digest of its files as build metadata, such as `0.1.0+1f0c2a9b3d4e`. */
  readonly version: string;
  /** The text of each file, by its path below the chart's folder. */
  readonly files: ReadonlyMap<Path, string>;
  /** The id of the Git tree that holds these files and nothing else. */
  readonly tree: Oid;
  /** Whether its schema has `valuesDigest`, which an older chart refuses. */
  readonly knowsDigest: boolean;
}
