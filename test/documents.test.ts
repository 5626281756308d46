import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...globSync(["docs/**/*.md", "charts/*/README.md"], { cwd: ROOT }).sort(),
];
/** A path from the root of this repository; not one with a placeholder, such as `tools/go/<name>/`, and no method of MCP. */
const PATH = /(?<![\w./-]|--method )(?:src|test|docs|tools|policies|\.ci|fixtures\/policies)\/[\w./-]*(?![\w./<*-])/g;
const LINK = /\]\((?!https?:)([^)#]+)/g;
const SCRIPT = /\bnpm run ([a-z]+)/g;

test.each(DOCUMENTS)("%s names files and scripts that exist", (document) => {
  const text = readFileSync(join(ROOT, document), "utf8");
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const links = [...text.matchAll(LINK)].map(([, link]) => join(dirname(document), link ?? ""));
  const paths = [...text.matchAll(PATH)].map(([path]) => path);
  expect([...links, ...paths].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect([...text.matchAll(SCRIPT)].map(([, name]) => name ?? "").filter((name) => !(name in scripts))).toEqual([]);
});

/** What npm puts into every package. */
const ALWAYS = ["README.md", "LICENSE", "package.json"];

test("the package holds every file that its documents link", () => {
  const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const shipped: readonly string[] = [...files, ...ALWAYS];
  const isShipped = (path: string) => shipped.some((one) => path === one || path.startsWith(`${one}/`));
  const documents = globSync(["*.md", "docs/**/*.md", "charts/**/*.md"], { cwd: ROOT }).filter(isShipped);
  const missing = documents.flatMap((document) =>
    [...readFileSync(join(ROOT, document), "utf8").matchAll(LINK)]
      .map(([, link = ""]) => join(dirname(document), link).replace(/\/$/, ""))
      .filter((path) => !isShipped(path) || !existsSync(join(ROOT, path))),
  );
  expect(documents).toContain("docs/reference.md");
  expect(missing).toEqual([]);
});

test("no document, and nothing that is printed, asks for a command that fails on the machine's own older Node", () => {
  const texts = [...DOCUMENTS, "test/servers/github/main.ts", "test/real/stage.ts"];
  const asks = texts.filter((file) => readFileSync(join(ROOT, file), "utf8").includes("node src/main.ts"));
  expect(asks).toEqual([]);
});
