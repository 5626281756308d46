import type { Agent } from "../../../src/domain/fleet.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { CONFIG, DEMO_TENANT, HELLO, snapshotOf } from "./snapshot.ts";

/** The agent demo/hello of the environments staging and production, with these lines in its spec. Throws where it has a Problem. */
export function agentWith(...lines: readonly string[]): Agent {
  const { agents, problems } = readFleet(
    snapshotOf({
      "raos.yaml": CONFIG,
      "tenants/demo.yaml": DEMO_TENANT,
      "agents/demo/hello.yaml": HELLO + lines.map((line) => `  ${line}\n`).join(""),
    }),
  );
  const agent = agents.get("demo/hello");
  if (agent === undefined || problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return agent;
}
