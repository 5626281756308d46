import type { ChangeSet, FileChange, Verdict, Violation } from "../domain/change.ts";
import type { Config } from "../domain/kinds.ts";
import type { Json } from "../domain/scalars.ts";
import { diffStat, fileDiff } from "./diff-text.ts";
import { code, counted, fenced, listed, oneLine, prose, shortened, table } from "./markdown.ts";
import type { ObjectChange } from "./objects.ts";
import { type Row, rowsOf, stateOf } from "./rows.ts";

/** Old → new of what matters, for agents that stay. */
export function tableSection(changes: ChangeSet): readonly string[] {
  const rows = rowsOf(changes);
  if (rows.length === 0) return [""];
  const many = new Set(rows.map((row) => row.agent)).size > 1;
  const everywhere = new Set(changes.changes.map((change) => change.environment)).size;
  const head = [...(many ? ["Agent"] : []), "What", "Before", "After", "Where"];
  const show = (count: number) => {
    const shown = rows.slice(0, count).map((row) => [...(many ? [code(row.agent)] : []), ...cells(row, everywhere)]);
    const left = rows.length - shown.length;
    return `${table(head, shown)}${left > 0 ? `\n\n…and ${counted(left, "more value")}, in the diff.` : ""}`;
  };
  return [...new Set([25, 12, 5].map(show)), ""];
}

function cells(row: Row, everywhere: number): readonly string[] {
  const what = row.widens ? `⚠️ **${prose(row.what, 100)}**` : prose(row.what, 100);
  const where =
    row.environments.length === everywhere && everywhere > 1
      ? "everywhere"
      : listed(row.environments.map((name) => prose(name, 63)));
  return [what, cell(row.before), cell(row.after), where];
}

function cell(value: Json | undefined): string {
  if (value === undefined) return "–";
  if (typeof value === "string" && value.includes("\n")) return `text of ${counted(value.split("\n").length, "line")}`;
  return code(typeof value === "string" ? value : JSON.stringify(value), 120);
}

/** What guardrails refuse, want a person for, or warn of. */
export function guardrailSection(verdict: Verdict): readonly string[] {
  const main = verdict.kind === "deny" ? verdict.violations : verdict.kind === "review" ? verdict.reasons : [];
  const parts = [
    ...(main.length === 0 ? [] : [alert(verdict.kind === "deny" ? "CAUTION" : "IMPORTANT", main)]),
    ...(verdict.warnings.length === 0 ? [] : [alert("WARNING", verdict.warnings)]),
  ];
  if (parts.length === 0) return [""];
  const total = main.length + verdict.warnings.length;
  return [
    parts.join("\n\n"),
    `> [!WARNING]\n> Guardrails have ${counted(total, "thing")} to say, too many to list here.`,
  ];
}

function alert(kind: "CAUTION" | "IMPORTANT" | "WARNING", list: readonly Violation[]): string {
  const lines = [...Map.groupBy(list, (item) => JSON.stringify([item.guardrail, item.message])).values()].map(
    (same) => {
      const [first] = same;
      const places = [...new Set(same.flatMap((item) => (item.environment === undefined ? [] : [item.environment])))];
      const where = places.length === 0 ? "" : ` (${listed(places.map((place) => prose(place, 63)))})`;
      return `> - ${prose(first?.message ?? "")}${where} — ${code(first?.guardrail ?? "", 63)}`;
    },
  );
  const shown = lines.slice(0, 20);
  const left = lines.length - shown.length;
  return [`> [!${kind}]`, ...shown, ...(left > 0 ? [`> - …and ${left} more`] : [])].join("\n");
}

/** Which Kubernetes objects change, one line for each change of the same objects. */
export function objectsSection(objects: readonly ObjectChange[]): readonly string[] {
  if (objects.length === 0) return [""];
  const groups = Map.groupBy(objects, (object) =>
    JSON.stringify([object.change, object.kind, object.name, object.fields]),
  );
  const lines = [...groups.values()].map((same) => {
    const [first] = same;
    if (first === undefined) return "";
    const sign = { added: "🟢", removed: "🔴", changed: "🟡" }[first.change];
    const fields = first.fields.length === 0 ? "" : `: ${listed(first.fields.map((field) => code(field, 80)))}`;
    return `- ${sign} ${first.change} ${first.kind} ${code(first.name, 80)}${fields}`;
  });
  const show = (count: number) => {
    const left = lines.length - count;
    return `**Kubernetes objects**\n\n${lines.slice(0, count).join("\n")}${left > 0 ? `\n- …and ${left} more` : ""}`;
  };
  return [...new Set([show(30), show(8)]), ""];
}

/** The diff, collapsed; whole files are left out where it is too long. */
export function filesSection(files: readonly FileChange[]): readonly string[] {
  if (files.length === 0) return [""];
  const { added, removed } = diffStat(files);
  const summary = `<summary>Diff of ${counted(files.length, "file")} (+${added} −${removed})</summary>`;
  const diffs = files.map((file) => ({ file, text: fenced(fileDiff(file), "diff") }));
  const show = (room: number) => {
    let used = 0;
    const shown: string[] = [];
    const left: string[] = [];
    for (const { file, text } of diffs) {
      if (used + text.length > room) left.push(file.path);
      else shown.push(text);
      used += used + text.length > room ? 0 : text.length;
    }
    const names = left.slice(0, 10).map((path) => code(path, 160));
    const rest = left.length > 10 ? [`${left.length - 10} more`] : [];
    const note = left.length === 0 ? [] : [`Too long to show here: ${listed([...names, ...rest])}.`];
    return ["<details>", summary, "", ...shown, ...note, "", "</details>"].join("\n");
  };
  return [
    ...new Set([60_000, 40_000, 20_000, 8_000, 0].map(show)),
    `${counted(files.length, "file")} (+${added} −${removed}).`,
  ];
}

/** What a reviewer can do. */
export function nextSection(changes: ChangeSet, config: Config): readonly string[] {
  const deployer = config.spec.delivery === "flux" ? "Flux" : "Argo CD";
  const removed = changes.changes.length > 0 && changes.changes.every((change) => stateOf(change) === "removed");
  const merge = removed ? `**Merge** and ${deployer} takes it down.` : `**Merge** and ${deployer} deploys it.`;
  const edit = "**Want it otherwise?** Edit the spec on the default branch; this pull request follows.";
  const close = "**Close** to say no: it stays closed until its content changes.";
  return [`---\n${merge} ${edit} ${close} After a commit of yours on this branch RAOS leaves it to you.`];
}

/** Outside text that has to be plain, such as in a summary. */
export function plainWords(text: string, limit: number): string {
  return shortened(oneLine(text), limit);
}
