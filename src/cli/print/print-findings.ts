import pc from "picocolors";
import type { Finding } from "../../app/doctor/finding.ts";
import type { Shell } from "../../app/shell.ts";
import { printable } from "./print-problems.ts";

const WORDS = { ok: "ok", warning: "warning", failed: "failed", off: "off" } as const;

/** Prints findings in columns, each with what to do about it below, and how many there are of each kind at the end. */
export function printFindings(shell: Shell, findings: readonly Finding[]): void {
  const colours = pc.createColors(shell.terminal);
  const colour = {
    ...{ ok: colours.green, warning: colours.yellow, failed: (text: string) => colours.bold(colours.red(text)) },
    off: colours.dim,
  };
  const width = Math.min(40, Math.max(0, ...findings.map(({ check }) => printable(check).length)));
  const indent = " ".repeat(9 + width + 2);
  let before = "";
  for (const { check, status, message, fix } of findings) {
    // The second finding of a check is not named again.
    const name = check === before ? "" : printable(check);
    before = check;
    shell.out(`${colour[status](WORDS[status].padEnd(7))}  ${name.padEnd(width)}  ${printable(message)}\n`);
    if (fix !== undefined && status !== "ok") shell.out(`${indent}${colours.dim("→")} ${printable(fix)}\n`);
  }
  const count = (status: Finding["status"]) => findings.filter((one) => one.status === status).length;
  shell.out(`\n${count("ok")} ok, ${count("warning")} warnings, ${count("failed")} failed, ${count("off")} off\n`);
}
