import type { Forge } from "../../../forge/forge.ts";
import type { Shell } from "../../shell.ts";
import { openRemote, type ServerKind } from "./remote-forge.ts";

/** The forge of a repository at an https address, for a command that needs nothing else of it. Throws as `openRemote` does. */
export async function openForge(
  shell: Shell,
  where: string,
  kind: ServerKind | undefined,
): Promise<{ readonly forge: Forge; close(): Promise<void> }> {
  const debug = () => {};
  const warn = (_: Readonly<Record<string, unknown>>, message: string) => shell.err(`raos: ${message}\n`);
  const log = { debug, info: debug, warn, error: warn };
  const { forge, repository, dispose } = await openRemote(shell, where, { log, kind });
  return {
    forge,
    async close() {
      await dispose();
      await repository.close();
    },
  };
}
