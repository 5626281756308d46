import type { ApiServer } from "../kubernetes/apiserver.ts";
import type { Child } from "../process/child.ts";
import { startController } from "./controller.ts";

/** Flux's kustomize-controller, which applies what Kustomizations in an API server name. */
export function startKustomizeController(server: ApiServer): Promise<Pick<Child, "log" | "stop">> {
  return startController("kustomize-controller", server, () => ["--http-retry=1"]);
}
