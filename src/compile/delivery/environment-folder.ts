import type { Path } from "../../domain/values/scalars.ts";

/** `deploy/<environment>/README.md`: the file that keeps an environment's folder in Git where nothing else is left in it. */
export function environmentReadme(environment: string): Path {
  return `deploy/${environment}/README.md`;
}

/**
 * The text of that file. Flux and Argo CD take down what is gone from a folder, but only as long as there is a folder: where Git
 * has none any more, both stop with an error, and what was deployed last goes on running. A folder without a manifest is valid
 * for both. The text depends on nothing but the name, so that pull requests that each add the file merge without a conflict.
 */
export function environmentReadmeText(environment: string): string {
  return `# ${environment}

RAOS generates what lies in this folder, and Flux or Argo CD deploys it. This file is there so that the folder stays when
nothing else is left in it: without the folder they stop with an error, and take nothing down.

To end the environment:

1. Take it out of raos.yaml, and merge the pull requests that RAOS opens.
2. Wait until Flux or Argo CD has taken everything down. Namespaces stay, with what else is in them.
3. Delete the objects in clusters/${environment}/raos.yaml from the cluster, and the namespaces that nobody needs.
4. Delete clusters/${environment}/ and this folder from the repository.
`;
}
