import type { Snapshot } from "../../../src/domain/fleet.ts";
import type { Problem } from "../../../src/domain/problem.ts";
import { blobOid } from "../../../src/domain/values/object-id.ts";

/** A repository that holds these files and nothing else. */
export function snapshotOf(files: Readonly<Record<string, string | Uint8Array>>): Snapshot {
  const bytes = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  const paths = [...bytes.keys()].sort();
  const read = (path: string) => {
    const found = bytes.get(path);
    if (found === undefined) throw new RangeError(`${path} was not loaded`);
    return found;
  };
  return {
    sha: "0".repeat(40),
    oid: (path) => (bytes.has(path) ? blobOid(read(path)) : undefined),
    list: (prefix) => paths.filter((path) => prefix === "" || path.startsWith(`${prefix}/`)),
    read,
  };
}

/** A Problem as `raos validate` prints it. */
export function line(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.pointer}: ${problem.message}`;
}

/** The smallest spec that is valid. */
export const HELLO = `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: hello, namespace: demo}
spec:
  description: Says hello
  runtime: {image: "ghcr.io/acme/hello:1.0.0"}
  instructions: {inline: Greet the user.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
`;

export const DEMO_TENANT = `apiVersion: raos.dev/v1alpha1
kind: Tenant
metadata: {name: demo}
spec: {namespace: demo-agents}
`;

export const CONFIG = `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  environments: [{name: staging}, {name: production}]
`;
