import { expect, test } from "vitest";
import { findDelivery } from "../../../src/plan/onboarding/find-delivery.ts";

const FLUX = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n";
const argo = (url: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    repoURL: ${url}\n    path: x\n`;
const found = (...texts: readonly string[]) =>
  findDelivery(texts.map((text, index) => ({ path: `${index}.yaml`, text })));

test.each([
  ["nothing", [], { kind: "unknown" }],
  ["objects of other kinds", ["apiVersion: v1\nkind: Service\n", "not: [yaml", "\0"], { kind: "unknown" }],
  ["Flux", [FLUX], { kind: "flux", files: ["0.yaml"] }],
  [
    "Argo CD, by the URL that most Applications name",
    [argo("https://x/charts"), argo("'https://x/fleet.git'"), argo("https://x/fleet.git")],
    { kind: "argocd", files: ["0.yaml", "1.yaml", "2.yaml"], repoURL: "https://x/fleet.git" },
  ],
  ["more of Flux", [argo("https://x/fleet"), FLUX, FLUX], { kind: "flux", files: ["1.yaml", "2.yaml"] }],
  [
    "an Application without a URL that can be used",
    [argo("'{{repo}}'"), argo("https://user:secret@x/y")],
    { kind: "unknown" },
  ],
  [
    "a workflow of Argo",
    ["apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n  repoURL: https://x/y\n"],
    { kind: "unknown" },
  ],
  ["a comment", ["# apiVersion: source.toolkit.fluxcd.io/v1\n"], { kind: "unknown" }],
])("%s", (_, texts, delivery) => {
  expect(found(...texts)).toEqual(delivery);
});
