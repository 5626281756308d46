import { describe, expect, test } from "vitest";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { snapshotOf } from "../../support/specs/snapshot.ts";

const HEAD = `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: hello, namespace: demo}
spec:
  description: Says hello
  instructions: {inline: Greet.}
`;
const MODEL = "  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}\n";

/** The Problems of an agent with these fields, as `pointer: message`. */
function problemsOf(fields: string, tenant = "{}"): readonly string[] {
  const files = {
    "tenants/demo.yaml": `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: demo}\nspec: ${tenant}\n`,
    "agents/demo/hello.yaml": `${HEAD}${fields.includes("model:") ? "" : MODEL}  ${fields}\n`,
  };
  return readFleet(snapshotOf(files)).problems.map(({ pointer, message }) => `${pointer}: ${message}`);
}

describe("a value that is valid, and cannot be meant", () => {
  test.each([
    [
      "runtime: {resources: {limits: {memory: 512m}}}",
      '/spec/runtime/resources/limits/memory: "512m" is less than one MiB; write 512Mi',
    ],
    [
      "runtime: {resources: {requests: {memory: 256}}}",
      "/spec/runtime/resources/requests/memory: 256 is less than one MiB; write 256Mi",
    ],
    ["runtime: {resources: {limits: {cpu: 500}}}", "/spec/runtime/resources/limits/cpu: 500 are cores; write 500m"],
    ["runtime: {port: 3500}", "/spec/runtime/port: Dapr's sidecar listens on 3500; let the agent use another port"],
    ["runtime: {port: 50001}", "/spec/runtime/port: Dapr's sidecar listens on 50001; let the agent use another port"],
    [
      "scaling: {min: 1, max: 4}",
      "/spec/scaling/max: nothing scales to 4; add scaling.hpa or scaling.keda, or write scaling.min alone",
    ],
    [
      "dapr: {state: {type: state.postgress, secretRef: db}}",
      '/spec/dapr/state/type: Dapr has no "state.postgress"; did you mean state.postgresql?',
    ],
    [
      "dapr: {pubsub: {type: pubsub.kafak, host: kafka}}",
      '/spec/dapr/pubsub/type: Dapr has no "pubsub.kafak"; did you mean pubsub.kafka?',
    ],
    [
      "model: {provider: ollama, name: llama3}",
      "/spec/model/provider: provider ollama has no endpoint of its own; add model.endpoint",
    ],
    [
      "networking: {egress: [{cidr: 10.20.0.5}]}",
      '/spec/networking/egress/0/cidr: "10.20.0.5" is not a CIDR block; write 10.20.0.5/32',
    ],
    [
      'networking: {egress: [{cidr: "fd00::7"}]}',
      '/spec/networking/egress/0/cidr: "fd00::7" is not a CIDR block; write fd00::7/128',
    ],
  ])("%s", (fields, problem) => {
    expect(problemsOf(fields)).toEqual([problem]);
  });

  test("a peer without Dapr", () => {
    expect(problemsOf("dapr: {enabled: false}\n  tools: [{agent: {name: hello}}]")).toContain(
      "/spec/tools/0/agent: peers are called through Dapr; write dapr.enabled: true, or remove the peer",
    );
  });

  test("more than the tenant lets a container have", () => {
    expect(problemsOf("runtime: {resources: {limits: {memory: 3Gi}}}", "{limits: {max: {memory: 2Gi}}}")).toEqual([
      "/spec/runtime/resources/limits/memory: 3Gi is more than tenant demo lets a container have; write at most 2Gi",
    ]);
  });
});

describe("what is near, and right", () => {
  test.each([
    "runtime: {resources: {requests: {cpu: 500m, memory: 64Mi}, limits: {cpu: 2, memory: 536870912}}}",
    "runtime: {port: 8080}",
    "runtime: {port: 3500}\n  dapr: {enabled: false}",
    "scaling: {min: 3}",
    "scaling: {min: 3, max: 3}",
    "scaling: {max: 4, hpa: {cpu: 70}}",
    "stage: medium",
    "stage: planet",
    "dapr: {state: {type: state.mongodb, secretRef: db}}",
    "dapr: {state: {type: state.our-own-store, secretRef: db}}",
    "model: {provider: ollama, name: llama3, endpoint: 'http://ollama.models:11434'}",
    "networking: {egress: [{cidr: 10.20.0.5/32}]}",
  ])("%s", (fields) => {
    expect(problemsOf(fields)).toEqual([]);
  });
});
