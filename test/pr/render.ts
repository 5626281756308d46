import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Marked } from "marked";
import { chromium } from "playwright-core";

/**
 * `node test/pr/render.ts FOLDER`: the golden pull requests as a reviewer sees them, as HTML and, where there is a
 * Chromium, as pictures. For looking at, and for the pictures in the README.
 */

const BROWSER = "/usr/bin/chromium";
const GOLDEN = resolve(import.meta.dirname, "golden");
const STYLE = `body{font:14px/1.5 "Noto Sans","DejaVu Sans",sans-serif;max-width:860px;margin:24px auto;padding:0 16px;color:#1f2328}
h1{font-size:26px;font-weight:400}code{background:#818b981f;padding:.2em .4em;border-radius:6px;font-size:85%}
pre{background:#f6f8fa;padding:16px;overflow:auto;border-radius:6px}pre code{background:none;padding:0}
table{border-collapse:collapse}td,th{border:1px solid #d1d9e0;padding:6px 13px}tr:nth-child(2n){background:#f6f8fa}
blockquote{margin:0 0 16px;padding:8px 16px;border-left:.25em solid #d1d9e0}
.CAUTION{border-color:#cf222e}.IMPORTANT{border-color:#8250df}.WARNING{border-color:#9a6700}`;

const folder = resolve(process.argv[2] ?? "pulls");
mkdirSync(folder, { recursive: true });
const browser = existsSync(BROWSER)
  ? await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox", "--disable-background-networking"] })
  : undefined;
const page = await browser?.newPage({ viewport: { width: 920, height: 600 } });
for (const name of readdirSync(GOLDEN)) {
  const html = shown(readFileSync(join(GOLDEN, name), "utf8"));
  writeFileSync(join(folder, name.replace(/\.md$/, ".html")), html);
  await page?.setContent(html);
  await page?.screenshot({ path: join(folder, name.replace(/\.md$/, ".png")), fullPage: true });
}
await browser?.close();

/** Markdown as GitHub shows it, its coloured boxes included. */
function shown(markdown: string): string {
  const body = new Marked({ gfm: true })
    .parse(markdown, { async: false })
    .replace(/<blockquote>\s*<p>\[!(\w+)\]/g, (_, kind: string) => `<blockquote class="${kind}"><p><b>${kind}</b><br>`);
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${body}`;
}
