import type { Config } from "../../domain/kinds/kinds.ts";
import type { Path } from "../../domain/values/scalars.ts";

/** A path of RAOS from the top of the repository, as Flux and Argo CD want it: RAOS's files may lie in a folder (`path`). */
export function pathInRepository(config: Config, path: Path): Path {
  return config.spec.path === undefined ? path : `${config.spec.path}/${path}`;
}
