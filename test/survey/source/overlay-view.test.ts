import { expect, test } from "vitest";
import { SurveyStore } from "../../../src/survey/memo/store.ts";
import { type CommitView, folderView } from "../../../src/survey/source/commit-view.ts";
import { overlayView } from "../../../src/survey/source/overlay-view.ts";
import { createSurveyMemory, survey } from "../../../src/survey/survey.ts";
import { DEMO_TENANT, HELLO, snapshotOf } from "../../support/specs/snapshot.ts";

const HELD = {
  "agents/demo/hello.yaml": HELLO,
  "agents/demo/odd.yaml": "kind: Agent\n",
  "deploy/old/demo/gone/values.yaml": "a: 1\n",
};
const ADDED = {
  "raos.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {environments: [{name: staging}]}\n",
  "tenants/demo.yaml": DEMO_TENANT,
  "agents/demo/more.yaml": HELLO.replace("hello,", "more,"),
  "agents/demo/odd.yaml": HELLO.replace("hello,", "odd,"),
  "charts/agent/Chart.yaml": "apiVersion: v2\nname: agent\nversion: 0.1.0\n",
};

async function surveyed(commit: CommitView) {
  const store = new SurveyStore(":memory:");
  try {
    const found = await survey(commit.source, store, createSurveyMemory());
    if ("kind" in found) throw new Error("unreadable");
    const { environments, problems, driftedTenants } = found;
    return {
      environments,
      problems,
      driftedTenants,
      drifts: found.drifts().toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    };
  } finally {
    store.close();
  }
}

test("a commit with files laid over it is surveyed as one that holds them", async () => {
  const added = new Map(Object.entries(ADDED).map(([path, text]) => [path, Buffer.from(text)]));
  const over = overlayView(folderView(snapshotOf(HELD)), added);
  expect(await surveyed(over)).toEqual(await surveyed(folderView(snapshotOf({ ...HELD, ...ADDED }))));
});

test("a slice holds what lies over the commit only where it was asked for", async () => {
  const over = overlayView(
    folderView(snapshotOf({})),
    new Map([
      ["tenants/a.yaml", Buffer.from("a")],
      ["x", Buffer.from("x")],
    ]),
  );
  expect([...(await over.slice(["tenants/"])).list("")]).toEqual(["tenants/a.yaml"]);
  expect([...(await over.slice(["x", "y"])).list("")]).toEqual(["x"]);
});
