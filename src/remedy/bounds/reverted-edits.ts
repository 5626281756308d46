import type { Edit, Editor } from "../../domain/change-set.ts";

/** The edits that take back other edits of a spec file, the last first; what an edit replaced unseen is not known, so none. */
export function revertedEdits(edits: readonly Edit[], why: string, by: Editor): readonly Edit[] {
  const back = edits.toReversed().map((edit): Edit | undefined => {
    const { agent, file, at } = edit;
    const place = { agent, file, at, why, by };
    switch (edit.kind) {
      case "set":
        return edit.from === undefined
          ? { kind: "remove", ...place, from: edit.to }
          : { kind: "set", ...place, from: edit.to, to: edit.from };
      case "add":
        return { kind: "remove", ...place, from: edit.to };
      case "remove":
        return edit.from === undefined ? undefined : { kind: "add", ...place, to: edit.from };
      default:
        return edit satisfies never;
    }
  });
  const known = back.filter((edit) => edit !== undefined);
  return known.length < edits.length ? [] : known;
}
