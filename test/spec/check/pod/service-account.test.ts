import { expect, test } from "vitest";
import { problemsOf } from "../problems-of.ts";

const account = (text: string, tenant = "", egress = "[{cidr: 10.96.0.1/32, port: 443}]") =>
  problemsOf(
    `runtime: {image: "ghcr.io/acme/hello:1.0.0", serviceAccount: {${text}}}\nnetworking: {egress: ${egress}}\n`,
    tenant,
  );
const RULES = 'rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]';

test("rights need a token and a way to the API server, and are for reading", () => {
  expect(account(`automountServiceAccountToken: true, ${RULES}`)).toEqual([]);
  expect(account(RULES)).toEqual([
    "runtime/serviceAccount/rules: without a token the agent cannot use its rights; add automountServiceAccountToken: true",
  ]);
  expect(account(`automountServiceAccountToken: true, ${RULES}`, "", "[]")).toEqual([
    "runtime/serviceAccount/automountServiceAccountToken: the network policy is closed to the API server; add its address to networking.egress, such as {cidr: 10.0.0.1/32, port: 443} (kubectl get endpointslices -l kubernetes.io/service-name=kubernetes)",
  ]);
  for (const resource of ["secrets", "pods/exec", "nodes/proxy"])
    expect(account(`automountServiceAccountToken: true, ${RULES.replace("pods", resource)}`)).toEqual([
      `runtime/serviceAccount/rules/0/resources/0: reading ${resource} gives more than sight; remove it, or refer to a role of the platform team (roleRefs)`,
    ]);
  expect(account(`automountServiceAccountToken: true, ${RULES.replace("list", "delete")}`)).toHaveLength(1);
  expect(account(`automountServiceAccountToken: true, ${RULES.replace("pods", "'*'")}`)).toHaveLength(1);
});

test("roles are those that the tenant's file names", () => {
  const wide = "automountServiceAccountToken: true, roleRefs: [{kind: ClusterRole, name: view, clusterWide: true}]";
  const said =
    "runtime/serviceAccount/roleRefs/0: the tenant may not use this role; the platform team may add {kind: ClusterRole, name: view, clusterWide: true} to spec.roles in tenants/demo.yaml";
  expect(account(wide)).toEqual([said]);
  expect(account(wide, "roles: [{kind: ClusterRole, name: view}]")).toEqual([said]);
  expect(account(wide, "roles: [{kind: ClusterRole, name: view, clusterWide: true}]")).toEqual([]);
  expect(account(wide.replace("ClusterRole", "Role"), "roles: [{kind: Role, name: view, clusterWide: true}]")).toEqual([
    "runtime/serviceAccount/roleRefs/0/clusterWide: a Role is in one namespace; write kind: ClusterRole, or remove clusterWide",
  ]);
});

test("annotations name identities of clouds, and nothing that another program obeys", () => {
  expect(account('annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/hello"}')).toEqual([]);
  expect(account("annotations: {iam.gke.io/gcp-service-account: hello@acme.iam.gserviceaccount.com}")).toEqual([]);
  expect(account("annotations: {azure.workload.identity/client-id: 8b1c7c5e-0f0b-4f57-9d4e-1c3a5f0e7d21}")).toEqual([]);
  expect(account("annotations: {helm.sh/resource-policy: keep}")).toEqual([
    "runtime/serviceAccount/annotations/helm.sh~1resource-policy: annotation helm.sh/resource-policy is set or read by RAOS, Helm or Dapr; remove it",
  ]);
});
