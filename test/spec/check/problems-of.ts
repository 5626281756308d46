import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { CONFIG, DEMO_TENANT, HELLO, snapshotOf } from "../../support/specs/snapshot.ts";

/**
 * The Problems of the agent demo/hello with these lines in its spec (indented by two already), each as `pointer: message`;
 * `tenant` are further fields of its tenant's spec.
 */
export function problemsOf(spec: string, tenant = "", more: Readonly<Record<string, string>> = {}): readonly string[] {
  const lines = spec.startsWith("runtime:") ? HELLO.replace(/ {2}runtime: .*\n/, "") : HELLO;
  const indented = spec
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}\n`)
    .join("");
  return readFleet(
    snapshotOf({
      "raos.yaml": CONFIG,
      "tenants/demo.yaml": DEMO_TENANT.replace("demo-agents}", `demo-agents${tenant === "" ? "" : `, ${tenant}`}}`),
      "agents/demo/hello.yaml": lines + indented,
      ...more,
    }),
  ).problems.map(({ pointer, message }) => `${pointer.replace(/^\/spec\//, "")}: ${message}`);
}
