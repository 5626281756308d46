import { expect, test } from "vitest";
import type { AgentFacts } from "../../src/domain/fleet.ts";
import { type AnsweredPull, withoutAnswered } from "../../src/upgrade/answered-edits.ts";
import { upgradeEdits } from "../../src/upgrade/upgrade-edits.ts";

const AT = "/spec/runtime/image";
const [A, B] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`);

/** An agent whose image is this one. */
function agentWith(image: string): AgentFacts {
  return {
    ...{ key: "acme/a", path: "agents/acme/a.yaml", oid: "0".repeat(40), namespace: "acme", environments: ["p"] },
    ...{ template: undefined, models: [], prompts: [], calls: [], callsAcross: [], admits: [] },
    upgrades: [{ at: AT, image, environments: ["p"], rules: [{ scheme: "semver", range: "^1.2" }] }],
  };
}

/** Whether the tag is proposed for an image, after a pull request that set the image to something. */
function isProposed(
  image: string,
  tag: string,
  digest: string,
  answer: AnsweredPull["answer"],
  earlier: string,
): boolean {
  const agent = agentWith(image);
  const edits = upgradeEdits(agent, [{ at: AT, tag, digest, created: undefined, platforms: [] }]);
  expect(edits).toHaveLength(1);
  const edit = {
    kind: "set",
    agent: agent.key,
    file: agent.path,
    at: AT,
    from: image,
    to: earlier,
    why: "",
    by: "rule",
  } as const;
  return withoutAnswered(edits, { answer, edits: [edit] }, agent.upgrades ?? []).length === 1;
}

test.each([
  ["the refused version", "r/a:1.2.0", "1.3.0", "closed", `r/a:1.3.0@${A}`, false],
  ["the refused version, with another digest", "r/a:1.2.0", "1.3.0", "closed", `r/a:1.3.0@${B}`, false],
  ["an older one than the refused", "r/a:1.2.0", "1.2.9", "closed", `r/a:1.3.0@${A}`, false],
  ["a newer one", "r/a:1.2.0", "1.3.1", "closed", `r/a:1.3.0@${A}`, true],
  ["another image", "r/a:1.2.0", "1.3.0", "closed", `r/b:1.3.0@${A}`, true],
  ["what was merged and taken back", "r/a:1.2.0", "1.3.0", "merged", `r/a:1.3.0@${A}`, false],
  ["what is newer than that", "r/a:1.2.0", "1.3.1", "merged", `r/a:1.3.0@${A}`, true],
  ["a tag that moved after the merge", `r/a:1.3.0@${B}`, "1.3.0", "merged", `r/a:1.3.0@${B}`, true],
  ["a tag that moved, merged and taken back", `r/a:1.3.0@${B}`, "1.3.0", "merged", `r/a:1.3.0@${A}`, false],
] as const)("%s", (_name, image, tag, answer, earlier, expected) => {
  expect(isProposed(image, tag, A ?? "", answer, earlier)).toBe(expected);
});

test("an image is written as it was, with its tag and digest, and the same one is no edit", () => {
  const to = (image: string, tag: string) =>
    upgradeEdits(agentWith(image), [{ at: AT, tag, digest: A ?? "", created: undefined, platforms: [] }]).map(
      ({ upgrade }) => upgrade.to,
    );
  expect(to("redis:1.2.0", "1.3.0")).toEqual([`redis:1.3.0@${A}`]);
  expect(to("localhost:5000/a/b:1.2.0", "1.3.0")).toEqual([`localhost:5000/a/b:1.3.0@${A}`]);
  expect(to(`ghcr.io/a/b:1.2.0@${B}`, "1.2.0")).toEqual([`ghcr.io/a/b:1.2.0@${A}`]);
  expect(to(`ghcr.io/a/b:1.2.0@${A}`, "1.2.0")).toEqual([]);
});
