import type { Path } from "../values/scalars.ts";

/** `acme/.github//raos.yaml`, as Kustomize writes a file of a repository: no file of a snapshot's own has two slashes in its path. */
const PLACE = /^[^/]{1,100}\/\.github\/\/raos\.yaml$/;

/** The path by which the configuration of an organisation is known in its repositories. */
export function pathOfOrganisation(owner: string): Path {
  return `${owner}/.github//raos.yaml`;
}

/** Whether a path is that of an organisation's configuration, which lies in another repository. */
export function isOfOrganisation(path: Path): boolean {
  return PLACE.test(path);
}
