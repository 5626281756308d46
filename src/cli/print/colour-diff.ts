import pc from "picocolors";
import { printable } from "./print-problems.ts";

/** A unified diff as a terminal shows it; without colour it is the diff itself. Control characters are made visible. */
export function colourDiff(diff: string, colour: boolean): string {
  const lines = diff.split("\n").map((line) => line.split("\t").map(printable).join("\t"));
  if (!colour) return lines.join("\n");
  const colours = pc.createColors(true);
  return lines
    .map((line) => {
      if (line.startsWith("+++") || line.startsWith("---") || line.startsWith("diff ")) return colours.bold(line);
      if (line.startsWith("@@")) return colours.cyan(line);
      if (line.startsWith("+")) return colours.green(line);
      if (line.startsWith("-")) return colours.red(line);
      return line;
    })
    .join("\n");
}
