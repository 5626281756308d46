import type { PodContainer } from "./pod-containers.ts";

/** Folders that a mount would hide from the container; `/dev/shm` is where many want memory of their own. */
const SYSTEM = ["/proc", "/sys", "/dev", "/var/run/secrets/kubernetes.io"];

/** Why nothing can be mounted there; undefined where it can. */
export function takenPath(
  mountPath: string,
  container: Pick<PodContainer, "init">,
  stored: string | undefined,
): string | undefined {
  const place = bare(mountPath);
  if (place === "/") return "the root of the container's files; mount a folder below it";
  if (isWithin(place, "/etc/raos") && container.init === undefined)
    return "RAOS keeps the agent's instructions and its lists of tools in /etc/raos; choose another folder";
  if (place === "/tmp" && container.init === undefined)
    return "/tmp is a volume of the chart's; choose a folder below it, or another one";
  if (stored !== undefined && place === bare(stored) && container.init === undefined)
    return "runtime.storage is mounted there; choose another folder";
  const system = place === "/dev/shm" ? undefined : SYSTEM.find((each) => isWithin(place, each));
  return system === undefined ? undefined : `${system} belongs to the system; choose another folder`;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The path without what does not matter in it: a slash at its end, dots, doubled slashes. */
export function bare(path: string): string {
  const steps = path.split("/").filter((step) => step !== "" && step !== ".");
  return `/${steps.join("/")}`;
}
