import type { FoundDelivery } from "../../domain/review/onboarding.ts";
import type { Path } from "../../domain/values/scalars.ts";

/** A file of a repository, and what it says. */
export interface TextFile {
  readonly path: Path;
  readonly text: string;
}

/** Most files that are named as evidence. */
const MOST_NAMED = 3;

const FLUX = /^apiVersion:[ \t]*["']?[a-z]{1,30}\.toolkit\.fluxcd\.io\//m;
const ARGO = /^apiVersion:[ \t]*["']?argoproj\.io\//m;
const ARGO_KIND = /^kind:[ \t]*["']?(?:Application|ApplicationSet|AppProject)["']?[ \t]*$/m;
/** What raos.yaml accepts as `argocd.repoURL`: no credentials, no template. */
const REPOSITORY = /^[ \t-]{1,40}repoURL:[ \t]*["']?((?:https?:\/\/|ssh:\/\/git@|git@)[^\s"'@{}]{1,400})["']?[ \t]*$/gm;

/**
 * Flux or Argo CD, whichever has objects in more of the files; Flux where they are as many. Argo CD counts only where an
 * Application names a Git repository: raos.yaml needs its URL. The files may be hostile, and need not be YAML.
 */
export function findDelivery(files: readonly TextFile[]): FoundDelivery {
  const flux = files.filter(({ text }) => FLUX.test(text)).map(({ path }) => path);
  const argo = files.filter(({ text }) => ARGO.test(text) && ARGO_KIND.test(text));
  const repoURL = mostFrequent(
    argo.flatMap(({ text }) => [...text.matchAll(REPOSITORY)].map((match) => match[1] ?? "")),
  );
  if (repoURL !== undefined && argo.length > flux.length)
    return { kind: "argocd", files: argo.slice(0, MOST_NAMED).map(({ path }) => path), repoURL };
  return flux.length > 0 ? { kind: "flux", files: flux.slice(0, MOST_NAMED) } : { kind: "unknown" };
}

/** The most frequent text, the first of equals. */
function mostFrequent(texts: readonly string[]): string | undefined {
  const counts = [...Map.groupBy(texts, (text) => text)].map(([text, all]) => ({ text, count: all.length }));
  return counts.sort((a, b) => b.count - a.count)[0]?.text;
}
