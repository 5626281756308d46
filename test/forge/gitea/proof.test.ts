import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createProof } from "../../../src/forge/gitea/proof.ts";

const TOKEN = "0123456789abcdef0123456789abcdef01234567";
const sha = fc.stringMatching(/^[0-9a-f]{40}$/);
const commits = fc.record({
  tree: sha,
  parents: fc.array(sha, { maxLength: 3 }),
  message: fc.string({ unit: "binary" }),
});
const texts = fc.record({ branch: fc.string(), head: sha, title: fc.string(), body: fc.string({ unit: "binary" }) });

test("a commit that was signed is the bot's, and with another tree, parent or message it is not", () => {
  fc.assert(
    fc.property(commits, sha, (commit, other) => {
      const proof = createProof(TOKEN);
      const message = proof.signCommit(commit);
      expect(proof.isOwnCommit({ ...commit, message })).toBe(true);
      expect(proof.isOwnCommit({ ...commit, message: message.trimEnd() })).toBe(true);
      expect(proof.isOwnCommit({ ...commit, message: `Also this.\n${message}` })).toBe(false);
      expect(proof.isOwnCommit({ ...commit, message, parents: [...commit.parents, other] })).toBe(false);
      if (other !== commit.tree) expect(proof.isOwnCommit({ ...commit, message, tree: other })).toBe(false);
    }),
  );
});

test("nobody without the token can make one, whatever is in the message", () => {
  fc.assert(
    fc.property(commits, (commit) => {
      const theirs = createProof("another-token-of-somebody-else").signCommit(commit);
      expect(createProof(TOKEN).isOwnCommit({ ...commit, message: theirs })).toBe(false);
      expect(createProof(TOKEN).isOwnCommit(commit)).toBe(false);
      expect(createProof(TOKEN, ["another-token-of-somebody-else"]).isOwnCommit({ ...commit, message: theirs })).toBe(
        true,
      );
    }),
  );
});

test("a text that was signed is read back as it was, and is proven for its own branch, head and title alone", () => {
  fc.assert(
    fc.property(texts, sha, (text, other) => {
      const proof = createProof(TOKEN);
      const body = proof.signText(text);
      expect(proof.readText({ ...text, body })).toEqual({ body: text.body.replace(/\r\n?/g, "\n"), isOwn: true });
      expect(proof.readText({ ...text, body, title: `${text.title}!` }).isOwn).toBe(false);
      expect(proof.readText({ ...text, body, branch: `${text.branch}/x` }).isOwn).toBe(false);
      expect(proof.readText({ ...text, body: `x${body}` }).isOwn).toBe(false);
      if (other !== text.head) expect(proof.readText({ ...text, body, head: other }).isOwn).toBe(false);
    }),
  );
});

test("a browser's line ends and spaces at the end change nothing; a person's text is returned as it is", () => {
  const proof = createProof(TOKEN);
  const text = { branch: "raos/a", head: "a".repeat(40), title: "T", body: "One\nTwo" };
  const body = proof.signText(text).replaceAll("\n", "\r\n");
  expect(proof.readText({ ...text, body: `${body}\r\n` })).toEqual({ body: "One\nTwo", isOwn: true });
  for (const theirs of ["", "Mine", "Mine\n\n<!-- raos:proof 1 x -->", `${proof.signText(text)} and this`])
    expect(proof.readText({ ...text, body: theirs })).toEqual({ body: theirs, isOwn: false });
});

test("what is shown says nothing about the token", () => {
  const shown = createProof(TOKEN).signCommit({ tree: "a".repeat(40), parents: [], message: "M" });
  expect(shown).not.toContain(TOKEN);
  expect(shown).toMatch(/^M\n\nRAOS-Proof: 1 [\w-]{43}\n$/);
});
