import { blobOid } from "../../domain/values/object-id.ts";
import type { Path } from "../../domain/values/scalars.ts";
import type { CommitView } from "./commit-view.ts";
import { snapshotOfFiles } from "./slice-snapshot.ts";

/** A commit whose raos.yaml inherits from a file of another repository: it stands among the shared files, under a path of its own. */
export function inheritingView(commit: CommitView, path: Path, text: string): CommitView {
  const bytes = Buffer.from(text);
  const oid = blobOid(text);
  return {
    ...commit,
    source: {
      ...commit.source,
      async shared() {
        const { key, load } = await commit.source.shared();
        return {
          key: `${key}\n${oid} ${path}`,
          async load() {
            const base = await load();
            const own = [...base.list("")].map((one) => ({
              path: one,
              oid: base.oid(one) ?? "",
              bytes: base.read(one),
            }));
            return snapshotOfFiles(base.sha, [...own, { path, oid, bytes }]);
          },
        };
      },
    },
  };
}
