import type { Path } from "../../domain/values/scalars.ts";
import { pathFault } from "../../spec/read/prompt.ts";
import { UsageError } from "../shell.ts";

/** The help of `--path`. */
export const PATH_HELP = "folder of the repository in which RAOS's files lie, such as platform; left out: its top";

/** The folder that `--path` names, without "./" and "/" around it; "" is the top. Throws UsageError for one outside. */
export function repositoryFolder(path: string | undefined): Path {
  const folder = (path ?? "").replace(/^\.\//, "").replace(/\/$/, "");
  if (folder === "" || folder === ".") return "";
  if (pathFault(folder) !== undefined)
    throw new UsageError(
      `--path: ${JSON.stringify(path)} is no folder of the repository; write it from its top, such as platform`,
    );
  return folder;
}
