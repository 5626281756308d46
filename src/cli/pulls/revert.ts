import { OutsideError, type Shell, UsageError } from "../../app/shell.ts";
import type { ServerKind } from "../../app/world/forges/remote-forge.ts";
import { openWorld } from "../../app/world/open-world.ts";
import { revertPull } from "../../commands/answers/revert-pull.ts";
import { printable } from "../print/print-problems.ts";

/**
 * Opens, for each merged pull request of RAOS, the one that takes back what it changed. Throws UsageError, with what stands in the
 * way, for the first that cannot be taken back.
 */
export async function revertPulls(
  shell: Shell,
  repo: string,
  numbers: readonly number[],
  server?: ServerKind,
): Promise<void> {
  const opened = await openWorld(shell, repo, { server });
  try {
    shell.hold();
    for (const number of numbers) {
      if (shell.signal.aborted) throw new OutsideError(`stopped before #${number}`);
      const why = `Asked for with raos pr revert ${number}.`;
      const { opened: isOpened, says } = await revertPull(opened.world, number, { by: "person", why });
      if (!isOpened) throw new UsageError(`#${number}: ${printable(says.replaceAll("`", ""))}`);
      shell.out(`${says}\n`);
    }
  } finally {
    await opened.close();
  }
}
