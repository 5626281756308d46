import { literalPattern } from "../values/literal-pattern.ts";

/** Longest name of an object that the API server completes at random: 63 characters, less the five random ones. */
const LONGEST_BASE = 58;
/** Most characters of a ReplicaSet's hash, and how many the API server appends. */
const HASH = 10;
const RANDOM = 5;

/** What the pods belong to; `any` where that is not known. */
export type PodOwner = "Deployment" | "StatefulSet" | "any";

/**
 * RE2 of the names of an agent's pods, to be matched whole. No other agent's pods match, such as those of `a-b` for `a`.
 * A Deployment's pod is `<name>-<hash>-<five>`; the API server cuts what stands before the last five characters to 58, so that
 * from 47 characters on the last hyphen, then the end of the hash, is lost (kubernetes/kubernetes#116447).
 */
export function podPattern(name: string, owner: PodOwner): string {
  const literal = literalPattern(name);
  switch (owner) {
    case "StatefulSet":
      return `${literal}-[0-9]+`;
    case "Deployment": {
      const endings = deploymentEndings(name.length);
      return endings.length === 1 ? `${literal}-${endings[0]}` : `${literal}-(${endings.join("|")})`;
    }
    case "any":
      return `${literal}-(${[...deploymentEndings(name.length), "[0-9]+"].join("|")})`;
    default:
      return owner satisfies never;
  }
}

function deploymentEndings(length: number): readonly string[] {
  // With its two hyphens, a hash of as many characters fits before the random ones.
  const whole = Math.min(LONGEST_BASE - length - 2, HASH);
  const cut = LONGEST_BASE - length - 1 + RANDOM;
  return [
    ...(whole >= 1 ? [`[0-9a-z]{1,${whole}}-[0-9a-z]{${RANDOM}}`] : []),
    ...(whole < HASH ? [`[0-9a-z]{${cut}}`] : []),
  ];
}
