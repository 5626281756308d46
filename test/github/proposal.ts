import type { Proposal } from "../../src/domain/change.ts";

/** A proposal that changes these files of an agent's; undefined deletes. The body says what the files hold. */
export function proposalFor(
  name: string,
  files: Readonly<Record<string, string | undefined>>,
  changed: Partial<Proposal> = {},
): Proposal {
  return {
    branch: `raos/agent/acme/${name}`,
    title: `Change ${name}`,
    body: `What changes: ${JSON.stringify(files)}`,
    commitMessage: `Change ${name}\n\nBecause its spec did.`,
    labels: [],
    reviewers: [],
    files: Object.entries(files).map(([path, text]) => ({ path, before: undefined, text })),
    marker: {
      version: 1,
      cause: { kind: "drift", scope: { kind: "agent", agent: `acme/${name}` } },
      base: "",
      content: "",
      text: "",
      under: "",
      edits: [],
    },
    autoMerge: false,
    ...changed,
  };
}
