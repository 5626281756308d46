import pc from "picocolors";
import type { Shell } from "../../app/shell.ts";

export interface Narrator {
  step(title: string): void;
  say(text: string): void;
}

/** Prints a demonstration as numbered steps with what happened below each. */
export function createNarrator(shell: Shell): Narrator {
  const colours = pc.createColors(shell.terminal);
  let count = 0;
  return {
    step(title) {
      count += 1;
      shell.out(`\n${colours.bold(colours.cyan(`${count}. ${title}`))}\n`);
    },
    say(text) {
      shell.out(`   ${text}\n`);
    },
  };
}
