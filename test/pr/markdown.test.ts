import fc from "fast-check";
import { Marked } from "marked";
import { describe, expect, test } from "vitest";
import { code, fenced, oneLine, prose, shortened, table, visible } from "../../src/pr/markdown.ts";

/** What a reader's eye gets of Markdown: the HTML that GitHub's dialect gives, without GitHub's own links. */
function html(markdown: string): string {
  return new Marked({ gfm: true }).parse(markdown, { async: false });
}

/** The text of HTML without tags, entities read. */
function textOf(shown: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&#8203;": "\u200b",
  };
  return shown.replace(/<[^>]*>/g, "").replace(/&[a-z#0-9]+;/g, (entity) => entities[entity] ?? entity);
}

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc
    .array(
      fc.constantFrom(
        "@acme",
        "@acme/team",
        "Fixes #1",
        "closes GH-12",
        "acme/x#3",
        "https://evil.example/x",
        "www.evil.example",
        "![x](http://e/p.png)",
        "[a](javascript:x)",
        "<script>alert(1)</script>",
        "<!--",
        "-->",
        "<img src=x onerror=y>",
        "`",
        "```",
        "~~~",
        "|",
        "\\",
        "\n",
        "\r\n",
        "\n\n# Head",
        "\n> quote",
        "\n- item",
        "\n1. item",
        "\u202e",
        "\u200b",
        "\u001b[31m",
        "\u0000",
        "**b**",
        "_i_",
        "~~s~~",
        "$x$",
        "&lt;",
        "&#64;acme",
        "</details>",
        " ",
        "a@b.example",
        "\ud800",
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join("")),
);

describe("prose", () => {
  test.each([
    ["plain words, 1.2.0 of them", "plain words, 1.2.0 of them"],
    ["a*b_c", "a\\*b\\_c"],
    ["@acme/team", "@&#8203;acme/team"],
    ["Fixes #12", "Fixes #&#8203;12"],
    ["GH-12", "GH\\-&#8203;12"],
    ["see https://example.com/a", "see https:&#8203;//example.com/a"],
    ["<b>&amp;", "&lt;b&gt;&amp;amp;"],
    ["two\n  lines", "two lines"],
    ["1. first", "1\\. first"],
    ["\u202edab", "\\\\u\\{202e\\}dab"],
  ])("%j → %s", (text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  test("whatever the text: one paragraph of text, as it was written, without links, mentions or references", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = html(`It says: ${prose(text)}`);
        expect(shown).toMatch(/^<p>It says:[^<]*<\/p>\n$/);
        const read = textOf(shown);
        expect(read.replaceAll("\u200b", "").trim()).toBe(`It says: ${shortened(oneLine(text), 500).trim()}`.trim());
        expect(read).not.toMatch(/@\w|#\d|GH-\d|:\/\/|www\.\w/i);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("code", () => {
  test.each([
    ["512Mi", "`512Mi`"],
    ["a`b", "``a`b``"],
    ["`a`", "`` `a` ``"],
    ["a|b", "<code>a\\|b</code>"],
    ["", '""'],
    [" \n ", '""'],
    ["x".repeat(300), `\`${"x".repeat(199)}…\``],
  ])("%j → %s", (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  test("whatever the text: one span of code in one cell of a table, as it was written", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = html(table(["a", "b"], [[code(text), "end"]]));
        expect(shown.match(/<td>/g)).toHaveLength(2);
        const [, cell = ""] = /<td>([\s\S]*?)<\/td>/.exec(shown) ?? [];
        const wanted = shortened(oneLine(text), 200).trim();
        if (wanted === "") {
          expect(textOf(cell)).toBe('""');
          return;
        }
        expect(cell).toMatch(/^<code>[^<]*<\/code>$/);
        expect(textOf(cell).replaceAll("\u200b", "")).toBe(wanted);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("fenced", () => {
  test("whatever the text: one block that nothing in it ends, and every character can be seen", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = html(`${fenced(text, "diff")}\n\nafter`);
        const [, inner, rest] =
          /^<pre><code class="language-diff">([\s\S]*)<\/code><\/pre>\n([\s\S]*)$/.exec(shown) ?? [];
        expect(rest).toBe("<p>after</p>\n");
        expect(inner).not.toContain("<");
        expect(inner).not.toMatch(/(?!\n|\t)[\p{Cc}\p{Cf}]/u);
      }),
      { numRuns: 2000 },
    );
  });
});

test("what cannot be seen is spelled out", () => {
  expect(visible("a\u202eb\u001b[31m\tc\r\nd\u200b")).toBe("a\\u{202e}b\\u{1b}[31m\tc\\u{d}\nd\\u{200b}");
  expect(visible("\ud800")).toBe("\ufffd");
});

test("no code point is cut in two", () => {
  expect(shortened("ab😀cd", 4)).toBe("ab…");
  expect(shortened("ab😀cd", 5)).toBe("ab😀…");
  expect(shortened("ab😀c", 5)).toBe("ab😀c");
});
