import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMANDS, readCommands } from "../../../src/domain/review/command.ts";

const words = (body: string) =>
  readCommands(body).map((command) => (command.kind === "command" ? command.name : `?${command.word}`));

describe("the commands of a comment", () => {
  test.each([
    ["a line", "/raos plan", ["plan"]],
    ["a line among others, with CRLF", "Well.\r\n/raos rebase\r\nThanks", ["rebase"]],
    ["two lines", "/raos plan\n/raos why", ["plan", "why"]],
    ["the same twice", "/raos plan\n/raos PLAN", ["plan"]],
    ["no word: help", "/raos", ["help"]],
    ["words after it", "/raos rebase please", ["rebase"]],
    ["an unknown word", "/raos destroy", ["?destroy"]],
    ["in a sentence", "try /raos plan", []],
    ["in another word", "/raosplan\n/raosx plan", []],
    ["a quoted line", "> /raos plan", []],
    ["indented", "    /raos plan", []],
    ["in a code fence", "```\n/raos plan\n```", []],
    ["in a fence that does not end", "~~~\n/raos plan", []],
    ["after a fence", "```\ncode\n```\n/raos plan", ["plan"]],
    ["in an HTML comment", "<!--\n/raos plan\n-->\n/raos why", ["why"]],
    [
      "at most five",
      Array.from({ length: 9 }, (_, index) => `/raos x${index}`).join("\n"),
      ["?x0", "?x1", "?x2", "?x3", "?x4"],
    ],
  ])("%s", (_, body, expected) => {
    expect(words(body)).toEqual(expected);
  });

  test("holds what stands behind it; with other words it is another command", () => {
    const body = "/raos explain  acme/triage /spec\r\n/raos explain\n/raos EXPLAIN\n/raos hold until Monday ";
    expect(readCommands(body)).toEqual([
      { kind: "command", name: "explain", rest: "acme/triage /spec" },
      { kind: "command", name: "explain", rest: "" },
      { kind: "command", name: "hold", rest: "until Monday" },
    ]);
  });

  test("whatever stands around it, a line of its own is found once, and nothing else is invented", () => {
    const line = fc.string({ maxLength: 40 }).filter((text) => !/[`~]{3}|<!--|\/raos/i.test(text));
    fc.assert(
      fc.property(fc.array(line), fc.array(line), fc.constantFrom(...COMMANDS), (before, after, name) => {
        expect(words([...before, ...after].join("\n"))).toEqual([]);
        expect(words([...before, `/raos ${name}`, ...after].join("\n"))).toEqual([name]);
      }),
    );
  });
});
