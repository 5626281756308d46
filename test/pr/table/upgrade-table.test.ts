import { marked } from "marked";
import { expect, test } from "vitest";
import { upgradeTable } from "../../../src/pr/table/upgrade-table.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const UPGRADE = {
  environments: ["staging", "production"],
  from: "ghcr.io/acme/triage:1.2.0",
  to: `ghcr.io/acme/triage:1.3.0@${DIGEST}`,
  created: "2026-03-04T05:06:07Z",
  platforms: ["linux/amd64", "linux/arm64"],
};

test("shows versions, digest, date, platforms and where", () => {
  expect(upgradeTable([UPGRADE]).split("\n").at(-1)).toBe(
    `| \`ghcr.io/acme/triage\` | \`1.2.0\` → \`1.3.0\` | \`${DIGEST}\` | \`2026-03-04\` | \`linux/amd64\` and \`linux/arm64\` | \`staging\` and \`production\` |`,
  );
  expect(upgradeTable([])).toBe("");
});

test("is text, whatever it is given", () => {
  const hostile = "@acme/all #1 <img src=x> |`[a](https://evil.example)\u202e";
  const shown = upgradeTable([
    {
      environments: [hostile],
      from: `${hostile}:${hostile}`,
      to: `${hostile}:${hostile}`,
      created: hostile,
      platforms: [hostile],
    },
  ]);
  const html = String(marked.parse(shown, { gfm: true }));
  expect(html).not.toMatch(/<img|<a |\u202e/);
  expect(html.match(/<tr>/g)).toHaveLength(2);
});
