import { createHash } from "node:crypto";
import type { Snapshot } from "../../domain/fleet.ts";
import { blobOid } from "../../domain/values/object-id.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { looksLikeAgent } from "../../spec/read/agent-path.ts";
import type { CommitView } from "./commit-view.ts";
import { AGENTS_KEPT, createLocalReader } from "./local-reader.ts";
import { snapshotOfFiles } from "./slice-snapshot.ts";
import type { SpecFile, SurveySource } from "./source.ts";

/**
 * A commit as it would be with these files written over it: a pass over it plans what would follow from them. Nothing is written
 * to Git. A survey of it reads every spec, so it needs a store of its own.
 */
export function overlayView(commit: CommitView, files: ReadonlyMap<Path, Uint8Array>): CommitView {
  const written = [...files].map(([path, bytes]) => ({ path, bytes, oid: blobOid(bytes) }));
  const over = (base: Snapshot, isWanted: (path: Path) => boolean): Snapshot => {
    const kept = [...base.list("")].map((path) => ({ path, oid: base.oid(path) ?? "", bytes: base.read(path) }));
    return snapshotOfFiles(base.sha, [...kept, ...written.filter(({ path }) => isWanted(path))]);
  };
  return {
    ...commit,
    source: overlaySource(commit.source, files, over),
    async slice(paths) {
      const isWanted = (path: Path) => paths.some((one) => one === path || (one.endsWith("/") && path.startsWith(one)));
      return over(await commit.slice(paths), isWanted);
    },
    changesOfMerging: async () => undefined,
  };
}

function overlaySource(
  source: SurveySource,
  files: ReadonlyMap<Path, Uint8Array>,
  over: (base: Snapshot, isWanted: (path: Path) => boolean) => Snapshot,
): SurveySource {
  const bytes = async (file: SpecFile) => files.get(file.path) ?? source.bytes(file);
  const file = async (path: Path) => files.get(path) ?? source.file(path);
  const digest = createHash("sha256");
  for (const [path, content] of files) digest.update(`${path}\0${content.length}\0`).update(content);
  const ours = digest.digest("hex");
  return {
    ...source,
    async shared() {
      const { key, load } = await source.shared();
      const isShared = (path: Path) => /^(raos\.|tenants\/|templates\/|models\/)/.test(path);
      return { key: `${key}\n${ours}`, load: async () => over(await load(), isShared) };
    },
    async chart(folder) {
      const { key, load } = await source.chart(folder);
      const isOfChart = (path: Path) => path.startsWith(`${folder}/`);
      return { key: `${key}\n${ours}`, load: async () => over(await load(), isOfChart) };
    },
    async specs() {
      const there = (await source.specs()).filter(({ path }) => !files.has(path));
      const added = [...files].filter(([path]) => looksLikeAgent(path));
      return [...there, ...added.map(([path, content]) => ({ path, oid: blobOid(content) }))];
    },
    changedSince: async () => undefined,
    file,
    bytes,
    reader: async (fleet) =>
      createLocalReader({ specs: (specs) => Promise.all(specs.map(bytes)), path: file }, fleet, AGENTS_KEPT),
  };
}
