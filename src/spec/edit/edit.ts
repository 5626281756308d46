import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import type { Edit } from "../../domain/change-set.ts";
import { pointerSteps } from "../../domain/values/json-pointer.ts";
import { valueAt } from "../values.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import { candidateTexts } from "./candidate-texts.ts";
import { type Change, changesBetween, changeValue } from "./json-edit.ts";

/** A text after its edits, and the edits that were refused. */
export interface Edited {
  readonly text: string;
  readonly refused: readonly { readonly edit: Edit; readonly message: string }[];
}

/**
 * A spec file's text, YAML or JSON, after the edits, made one after the other. Comments, order, style and line ends stay, and
 * a change of one value changes only its lines. An edit that does not fit (its path leads nowhere, or the text is not
 * readable) is refused and changes nothing; each result is read back before it is used.
 */
export function tryEdits(text: string, edits: readonly Edit[]): Edited {
  let current = text;
  const refused: { edit: Edit; message: string }[] = [];
  for (const edit of edits) {
    const result = applyEdit(current, edit);
    if (result.kind === "text") current = result.text;
    else refused.push({ edit, message: result.message });
  }
  return { text: current, refused };
}

/** The text of `tryEdits`, for callers that do not need to know which edits were refused. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return tryEdits(text, edits).text;
}

type Result = { readonly kind: "text"; readonly text: string } | { readonly kind: "refused"; readonly message: string };

function applyEdit(text: string, edit: Edit): Result {
  const root = parse(text);
  if (root === undefined) return { kind: "refused", message: "the file is not readable" };
  let current = text;
  for (const change of changesForEdit(edit, root.value)) {
    const next = applyChange(current, change);
    if (next.kind === "refused") return next;
    current = next.text;
  }
  return { kind: "text", text: current };
}

function changesForEdit(edit: Edit, root: unknown): readonly Change[] {
  const path = pointerSteps(edit.at);
  if (edit.kind === "remove") return [{ kind: "drop", path }];
  const parent = valueAt(root, path.slice(0, -1));
  if (edit.kind === "add" && Array.isArray(parent)) return [{ kind: "insert", path, value: edit.to }];
  const present = valueAt(root, path);
  return present === undefined ? [{ kind: "put", path, value: edit.to }] : changesBetween(present, edit.to, path);
}

function applyChange(text: string, change: Change): Result {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(mark.length);
  const root = parse(body)?.value;
  const wanted = changeValue(root, change);
  if (wanted.kind === "refused") return wanted;
  const json = isJson(body);
  for (const candidate of [...candidateTexts(body, change, json), rewritten(body, root, change, wanted.value, json)]) {
    const read = parse(candidate);
    if (read !== undefined && isDeepStrictEqual(read.value, wanted.value))
      return { kind: "text", text: mark + candidate };
  }
  return { kind: "refused", message: "the value cannot be written into this file" };
}

/** The last candidate, for unusual texts: the whole document is written again, with its comments. */
function rewritten(text: string, root: unknown, change: Change, value: unknown, json: boolean): string {
  if (json)
    return `${JSON.stringify(value, null, /\n([ \t]+)"/.exec(text)?.[1] ?? "")}${text.endsWith("\n") ? "\n" : ""}`;
  const document = parseDocument(text);
  const path = change.path.map((step, depth) =>
    Array.isArray(valueAt(root, change.path.slice(0, depth))) ? Number(step) : step,
  );
  if (change.kind === "drop") document.deleteIn(path);
  else if (change.kind === "put") document.setIn(path, change.value);
  else document.addIn(change.path.at(-1) === "-" ? path.slice(0, -1) : path, change.value);
  return document.toString({ lineWidth: 0 });
}

function isJson(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parse(text: string): { readonly value: unknown } | undefined {
  return readYaml("", new TextEncoder().encode(text)).documents[0];
}
