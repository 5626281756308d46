import type { FileChange } from "../../../src/domain/change-set.ts";
import type { Marker, Proposal } from "../../../src/domain/proposal.ts";
import { blobOid } from "../../../src/domain/values/object-id.ts";
import type { Path } from "../../../src/domain/values/scalars.ts";

export const BRANCH = "raos/agent/acme/triage";

const MARKER: Marker = {
  cause: { kind: "drift", scope: { kind: "agent", agent: "acme/triage" } },
  base: "0".repeat(40),
  content: "0".repeat(64),
  baseHash: "0".repeat(64),
  text: "0".repeat(64),
  edits: [],
};

/** A proposal, with what differs from the usual. */
export function proposal(changed: Partial<Proposal> = {}): Proposal {
  return {
    branch: BRANCH,
    title: "Deploy triage",
    body: "Why.",
    commitMessage: "Deploy triage\n",
    labels: [],
    reviewers: [],
    files: [change("deploy/triage.yaml", "replicas: 1\n")],
    marker: MARKER,
    autoMerge: false,
    ...changed,
  };
}

/** A file that is written, or with `undefined` deleted: it held `old: 1` then. */
export function change(path: Path, text: string | undefined): FileChange {
  return { path, before: text === undefined ? { oid: blobOid("old: 1\n"), text: "old: 1\n" } : undefined, text };
}

/** A proposal that changes these files of an agent's; undefined deletes. The body says what the files hold. */
export function proposalFor(
  name: string,
  files: Readonly<Record<string, string | undefined>>,
  changed: Partial<Proposal> = {},
): Proposal {
  return proposal({
    branch: `raos/agent/acme/${name}`,
    title: `Change ${name}`,
    body: `What changes: ${JSON.stringify(files)}`,
    commitMessage: `Change ${name}\n\nBecause its spec did.`,
    files: Object.entries(files).map(([path, text]) => ({ path, before: undefined, text })),
    marker: { ...MARKER, cause: { kind: "drift", scope: { kind: "agent", agent: `acme/${name}` } } },
    ...changed,
  });
}
