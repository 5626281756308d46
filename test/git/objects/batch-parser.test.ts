import fc from "fast-check";
import { expect, test } from "vitest";
import { blobOid } from "../../../src/domain/values/object-id.ts";
import { batchParser, type ObjectRead } from "../../../src/git/objects/batch-parser.ts";

const LIMIT = 64;

/** What `git cat-file --batch` says of a name, by its manual: a header line and the content, or the name and "missing". */
function said(name: string, content: Buffer | undefined): Buffer {
  if (content === undefined) return Buffer.from(`${name} missing\n`);
  return Buffer.concat([Buffer.from(`${blobOid(content)} blob ${content.length}\n`), content, Buffer.from("\n")]);
}

function wanted(content: Buffer | undefined): ObjectRead {
  if (content === undefined) return { kind: "missing" };
  const oid = blobOid(content);
  if (content.length > LIMIT) return { kind: "too-large", oid, size: content.length };
  return { kind: "object", oid, type: "blob", bytes: content };
}

const contents = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes));
const names = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }).map((path) => `${"a".repeat(40)}:${path.replaceAll("\0", "")}`),
  fc.constant(`${"a".repeat(40)}:${"b".repeat(40)} blob 3\nabc\n`),
  fc.constant("b".repeat(40)),
);

test("answers come out whole and in order, however the output is cut", () => {
  const asked = fc.array(fc.tuple(names, fc.option(contents, { nil: undefined })), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(asked, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (questions, cuts) => {
      const parser = batchParser(LIMIT);
      for (const [name] of questions) parser.expect(name);
      const output = Buffer.concat(questions.map(([name, content]) => said(name, content)));
      const answers: ObjectRead[] = [];
      for (let at = 0, cut = 0; at < output.length; cut += 1) {
        const size = cuts[cut % cuts.length] ?? 1;
        answers.push(...parser.push(output.subarray(at, at + size)));
        at += size;
      }
      expect(answers).toEqual(questions.map(([, content]) => wanted(content)));
    }),
    { numRuns: 1000 },
  );
});

test("what nobody asked for, and what is none of cat-file's, is an error", () => {
  expect(() => batchParser().push(Buffer.from("x"))).toThrow("not requested");
  const parser = batchParser();
  parser.expect("a".repeat(40));
  expect(() => parser.push(Buffer.from("hello\n"))).toThrow("another format");
});
