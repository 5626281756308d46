import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import type { SpecFault } from "../spec-fault.ts";
import { POD, type Steps } from "./pod-containers.ts";

/**
 * Permissions that were written in octal and are read in decimal: YAML 1.2 reads 0444 and 444 alike. These are the usual ones,
 * of which none is usual in decimal.
 */
const OCTAL: ReadonlySet<number> = new Set([
  400, 404, 440, 444, 500, 505, 550, 555, 600, 640, 644, 660, 664, 700, 750, 755, 777,
]);

/** Permissions of files in a wrong notation. */
export function fileModes({ runtime }: AgentSpec): readonly SpecFault[] {
  return (runtime.pod?.volumes ?? []).flatMap((volume, index) => {
    const path = [...POD, "volumes", index];
    const sources = volume.projected?.sources ?? [];
    const holders: readonly (readonly [path: Steps, holder: ModeHolder | undefined])[] = [
      [[...path, "configMap"], volume.configMap],
      [[...path, "secret"], volume.secret],
      [[...path, "projected"], volume.projected],
      ...sources.flatMap(({ secret, configMap }, at) => {
        const place = [...path, "projected", "sources", at];
        return [
          [[...place, "secret"], secret],
          [[...place, "configMap"], configMap],
        ] as const;
      }),
    ];
    return holders.flatMap(([at, holder]) => modesOf(holder, at));
  });
}

interface ModeHolder {
  readonly defaultMode?: number | undefined;
  readonly items?: readonly { readonly mode?: number | undefined }[] | undefined;
}

function modesOf(holder: ModeHolder | undefined, path: Steps): readonly SpecFault[] {
  return [
    ...modeFault(holder?.defaultMode, [...path, "defaultMode"]),
    ...(holder?.items ?? []).flatMap(({ mode }, index) => modeFault(mode, [...path, "items", index, "mode"])),
  ];
}

function modeFault(mode: number | undefined, path: Steps): readonly SpecFault[] {
  return mode === undefined || !OCTAL.has(mode) ? [] : [{ path, message: octalAdvice(mode) }];
}

/** What to write for permissions that were meant in octal. */
export function octalAdvice(mode: number): string {
  const meant = Number.parseInt(String(mode), 8);
  return `${mode} is read in decimal, which is 0${mode.toString(8)}; for 0${mode} write ${meant}`;
}
