import { describe, expect, test } from "vitest";
import { readShared } from "../../../src/spec/read/read-shared.ts";
import { assumeFacts } from "../../../src/survey/presumed-facts.ts";
import { createLocalReader } from "../../../src/survey/source/local-reader.ts";
import { snapshotOfFiles } from "../../../src/survey/source/slice-snapshot.ts";

const FILES = Array.from({ length: 9 }, (_, index) => ({ path: `agents/acme/a${index}.yaml`, oid: String(index) }));

function text(path: string): Uint8Array {
  const name = path.slice("agents/acme/".length, -".yaml".length);
  return Buffer.from(`apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: acme}
spec: {description: An agent, instructions: {inline: Be kind.}, model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}}
`);
}

describe("a reader that keeps fewer agents than it reads", () => {
  const tenant = "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n";
  const { shared } = readShared(
    snapshotOfFiles("0".repeat(40), [{ path: "tenants/acme.yaml", oid: "t", bytes: Buffer.from(tenant) }]),
  );
  const fleet = { ...shared, facts: assumeFacts(shared), callers: new Map() };
  const bytes = {
    specs: async (files: readonly { readonly path: string }[]) => files.map((file) => text(file.path)),
    path: async () => undefined,
  };

  test.each([0, 1, 4, 9, 100])("compiles every one of nine, keeping %i", async (most) => {
    const reader = createLocalReader(bytes, fleet, most);
    const rows = await reader.read(FILES);
    expect(rows.flatMap((row) => row.problems)).toEqual([]);
    const trees = await reader.compile(FILES, new Map());
    expect([...trees.keys()].sort()).toEqual(FILES.map((file) => file.path));
    const whole = await createLocalReader(bytes, fleet, 100).compile(FILES, new Map());
    expect(Object.fromEntries(trees)).toEqual(Object.fromEntries(whole));
  });
});
